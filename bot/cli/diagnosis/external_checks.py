"""The outside checks: each asks one system and gives findings. They change nothing."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.diagnosis import commands, installation, workspace
from bot.cli.diagnosis.subject import Answer, Subject, ask_slack
from bot.integrations.http.api import Pace
from bot.integrations.integration import integrations
from bot.integrations.report import Finding, broken, limited, well
from bot.people import Team

ONCE = Pace(attempts=1)
"""Nothing is asked twice: the person who reads the report can run it again."""
GIT_LIMIT = 5.0
"""Seconds that git may take to say where it is."""


async def slack(subject: Subject) -> list[Finding]:
    """The two tokens, the scopes, and how far apart the clocks are."""
    on_bot, on_app = await asyncio.gather(_bot_token(subject), _app_token(subject))
    return [*on_bot, *on_app]


async def _bot_token(subject: Subject) -> list[Finding]:
    if subject.settings.slack_bot_token is None:
        return []
    answer = await ask_slack(subject, "auth.test", subject.settings.slack_bot_token.get_secret_value())
    token = workspace.on_bot_token(answer)
    if token.mark != "✓":
        return [token]
    return [
        token,
        workspace.on_scopes(answer.scopes, subject.scopes),
        *workspace.on_clock(datetime.now(UTC), answer.at),
    ]


async def _app_token(subject: Subject) -> list[Finding]:
    if subject.settings.slack_app_token is None:
        return []
    token = subject.settings.slack_app_token.get_secret_value()
    return [workspace.on_app_token(await ask_slack(subject, "apps.connections.open", token))]


async def team(subject: Subject) -> list[Finding]:
    """The team file against the runbook and against Slack."""
    if subject.team is None:
        return []
    on_roles = workspace.on_roles(subject.runbook, subject.team) if subject.runbook else []
    on_members = await _members(subject, subject.team)
    lost = workspace.unidentified(subject.team)
    return [*on_roles, *lost, *on_members, *workspace.on_places(subject.team), *workspace.on_pagers(subject.team)]


async def _members(subject: Subject, team: Team) -> list[Finding]:
    if subject.settings.slack_bot_token is None:
        return []
    token = subject.settings.slack_bot_token.get_secret_value()

    async def user(slack_id: str | None, address: str | None) -> Answer:
        if slack_id:
            return await ask_slack(subject, "users.info", token, user=slack_id)
        return await ask_slack(subject, "users.lookupByEmail", token, email=address or "")

    people = [person for person in team.people.values() if person.slack or person.email]
    users = asyncio.gather(*(user(person.slack, person.email) for person in people))
    rooms = asyncio.gather(
        *(ask_slack(subject, "conversations.info", token, channel=room) for room in team.channels.values())
    )
    on_people = workspace.on_people([each.name for each in people], await users)
    return [*on_people, *workspace.on_channels(list(team.channels), await rooms)]


async def directory(subject: Subject) -> list[Finding]:
    """The data directory: writable, with space. It is not made."""
    return await asyncio.to_thread(_on_directory, subject.settings.data_dir)


def _on_directory(directory: Path) -> list[Finding]:
    place = next(each for each in (directory.absolute(), *directory.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return [installation.on_space(shutil.disk_usage(place).free, directory)]
    except OSError as error:
        mend = "Give the user that runs NeonOps write access there, or set NEONOPS_DATA_DIR."
        why = error.strerror
        return [broken("The data directory {place} cannot be written to: {why}.", mend, place=directory, why=why)]


async def workdir(subject: Subject) -> list[Finding]:
    """The checkout, its programs, and the variables that they are given."""
    steps = installation.command_steps(subject.runbook) if subject.runbook else []
    if not steps:
        return []
    if subject.settings.workdir is None:
        mend = "Set NEONOPS_WORKDIR to a checkout of what is deployed."
        return [limited("Without a work directory, the runbook's shell steps fail.", mend)]
    named = installation.programs(steps)
    found = {name for name in named if shutil.which(name, path=subject.environ.get("PATH"))}
    on_isolation = await asyncio.to_thread(commands.look, subject.settings, subject.settings.workdir)
    on_git = await _git(subject.settings.workdir, subject.environ)
    on_programs = installation.on_programs(named, found)
    return [on_git, on_programs, *installation.on_variables(steps, subject.environ), *on_isolation]


async def _git(place: Path, environ: Mapping[str, str]) -> Finding:
    if not await asyncio.to_thread(place.is_dir):
        return broken("There is no directory {place}.", "Set NEONOPS_WORKDIR to a checkout.", place=place)
    mend = "Clone the repository there, or set NEONOPS_WORKDIR to a checkout."
    program = shutil.which("git", path=environ.get("PATH"))
    if program is None:
        return broken("git is not on PATH.", "Install git.")
    said = asyncio.subprocess.PIPE
    git = await asyncio.create_subprocess_exec(
        program, "-C", str(place), "rev-parse", "--abbrev-ref", "HEAD", stdout=said, stderr=said
    )
    try:
        branch, _ = await asyncio.wait_for(git.communicate(), GIT_LIMIT)
    except TimeoutError:
        git.kill()
        return broken("git does not answer in {place}.", mend, place=place)
    if git.returncode:
        return broken("{place} is not a git checkout.", mend, place=place)
    return well("checkout: {place} on {branch}", place=place, branch=branch.decode().strip())


async def services(subject: Subject) -> list[Finding]:
    """One cheap read with each token that is set."""
    opened = [(each, each.open(subject.settings, subject.http, ONCE)) for each in integrations().values()]
    reads = [read for each, client in opened if client for read in each.checks(client, subject.runbook)]
    if subject.team:
        reads += [read for each, client in opened if client for read in each.on_team(client, subject.team)]
    return list(dict.fromkeys(await asyncio.gather(*reads)))
