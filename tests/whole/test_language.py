"""In the made-up language every word of the bot's own has accents: any other was not translated."""

import re
from pathlib import Path

import pytest
import yaml

from sandbox import team_file
from sandbox.neonpro.history import COMMITS
from whole.workspace import Workspace, shown

ROOT = Path(__file__).parents[2]
PSEUDO = {"NEONOPS_LANGUAGE": "en-XA"}
KEPT = re.compile(
    r"<[^<>]*>|`[^`]*`|https?://\S+|#incident-[\w-]+|\(\w+/\w+\)|\bdpl_\w+|\b\d\w*|(?<!\S)/[a-z]+|(?<!\S)--[a-z-]+"
)
"""What no language changes: mentions, code, addresses, channels, time zones, ids, commands."""
WORD = re.compile(r"\b[A-Za-z]{3,}\b")
PHRASE = re.compile(r"\b[A-Za-z]+(?:[ ,]+[A-Za-z]+){2,}\b")
OTHERS = (
    "NeonOps",
    "Slack",
    "Vercel",
    "Supabase",
    "GitHub",
    "DORA",
    "All Systems Operational",
    "Login is down",
    "audit",
)
"""Names, and words of others: of status pages, and what is typed here."""


def foreign_words(workspace: Workspace) -> list[str]:
    """What others wrote: the runbook, the team, commits, channels."""
    runbook = yaml.safe_load((ROOT / "bot/runbook/neonpro.yml").read_text("utf-8"))
    commits = [f"{one.message} {one.author}" for one in COMMITS]
    channels = [str(channel) for channel in workspace.slack.channels()]
    return [*_strings(runbook), *_strings(yaml.safe_load(team_file())), *commits, *channels, *OTHERS]


def _strings(data: object) -> list[str]:
    if isinstance(data, dict):
        return [found for each in data.items() for found in _strings(each)]
    if isinstance(data, list):
        return [found for each in data for found in _strings(each)]
    return [str(data)]


def _form_words(data: object) -> str:
    """Every text of a form: labels, hints, options."""
    if isinstance(data, dict) and data.get("type") in ("plain_text", "mrkdwn"):
        return str(data["text"])
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return "\n".join(filter(None, map(_form_words, parts)))


def posted(workspace: Workspace) -> list[str]:
    """Every message of every channel, as it reads now."""
    return [shown(m) for c in workspace.slack.channels() for m in workspace.slack.messages(c.id)]


def untranslated(workspace: Workspace, *said: str) -> list[str]:
    """What was not put into the team's language: words that nobody else wrote, or three that nobody wrote together."""
    everywhere = posted(workspace)
    written = foreign_words(workspace)
    words, whole = {word for text in written for word in WORD.findall(text)}, "\n".join(written)
    lines = [KEPT.sub("|", line) for text in (*said, *everywhere) for line in text.splitlines()]
    assert any(each.isalpha() and not each.isascii() for line in lines for each in line), "nothing was translated"
    strange = [f"{word}: {line}" for line in lines for word in WORD.findall(line) if word not in words]
    return strange + [f"{run}: {line}" for line in lines for run in PHRASE.findall(line) if run not in whole]


@pytest.mark.parametrize("command", ["/deploy", "/rollback", "/incident", "/health"])
async def test_help_is_in_the_teams_language(workspace: Workspace, command: str) -> None:
    await workspace.restart(**PSEUDO)
    assert untranslated(workspace, (await workspace.bruno.types(f"{command} help")).text) == []


async def test_an_incident_is_in_the_teams_language(workspace: Workspace) -> None:
    await workspace.restart(**PSEUDO)
    said = [(await workspace.alice.types("/incident p1 Login is down")).words]
    await workspace.settled()
    said += [
        (await workspace.alice.types(f"/incident 1 {word}")).words
        for word in ("status", "timeline", "resolve", "close")
    ]
    await workspace.settled()
    said += [await workspace.alice.home()]
    assert untranslated(workspace, *said) == []


async def test_a_deploy_is_in_the_teams_language(workspace: Workspace) -> None:
    await workspace.restart(**PSEUDO)
    typed = (
        "api main",
        "lock 2h audit",
        "unlock",
        "freeze 1d audit",
        "unfreeze",
        "status",
        "history",
        "api refs/heads/main",
    )
    said = [(await workspace.bruno.types(f"/deploy {words}")).words for words in typed]
    await workspace.settled()
    assert untranslated(workspace, *said) == []


async def test_health_and_a_rollback_are_in_the_teams_language(workspace: Workspace) -> None:
    await workspace.restart(**PSEUDO)
    said = [(await workspace.bruno.types(words)).words for words in ("/health", "/rollback api", "/health nothing")]
    await workspace.settled()
    assert untranslated(workspace, *said) == []


async def test_what_systems_outside_did_is_in_the_teams_language(workspace: Workspace) -> None:
    await workspace.restart(**PSEUDO)
    switches = workspace.neonpro.switches
    switches.database_away, switches.api_release_bad, switches.vercel_reads = True, True, "unreachable"
    said = [(await workspace.bruno.types(words)).words for words in ("/health", "/rollback api", "/deploy api main")]
    await workspace.settled()
    assert untranslated(workspace, *said) == []


async def test_a_form_is_in_the_teams_language(workspace: Workspace) -> None:
    await workspace.restart(**PSEUDO)
    await workspace.bruno.types("/incident")
    assert untranslated(workspace, _form_words((await workspace.bruno.form()).blocks)) == []


async def test_everybody_is_answered_in_their_own_language_and_the_card_is_in_the_teams(workspace: Workspace) -> None:
    workspace.write_team(lambda team: team["people"]["bruno"].update(locale="en-XA"))
    await workspace.restart()
    said = (await workspace.bruno.types("/incident p1 Login is down")).words
    await workspace.settled()
    assert "··" in said
    assert "··" in await workspace.bruno.home()
    assert "··" not in (await workspace.alice.types("/incident 1 status")).words
    assert not [each for each in posted(workspace) if "··" in each]


async def test_the_team_reads_its_own_language_of_what_somebody_did_in_theirs(workspace: Workspace) -> None:
    workspace.write_team(lambda team: team["people"]["alice"].update(locale="en"))
    await workspace.restart(**PSEUDO)
    said = (await workspace.alice.types("/incident p1 Login is down")).words
    await workspace.settled()
    assert "declared" in said
    assert untranslated(workspace) == []


async def test_a_language_that_neonops_does_not_speak_is_not_mixed_into_the_teams(workspace: Workspace) -> None:
    workspace.write_team(lambda team: team["people"]["bruno"].update(locale="pt-BR"))
    await workspace.restart()
    assert "P1 critical outage" in (await workspace.bruno.types("/incident p1 Login is down")).words
