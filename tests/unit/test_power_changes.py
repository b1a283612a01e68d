"""What was in force and what is: the difference is one event, told once."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from domain_world import ALICE, BRUNO, TEAM, World, bundled

from bot.deploys.approval import approve
from bot.deploys.request import Asked, request_deploy
from bot.people import Member, Team
from bot.power.changes import changes_between, gains, held_by, note_member, take_stock
from bot.runbook.load import Loaded, parse
from bot.timeline import Event
from bot.timeline.wording import event_words


def other(**parts: Any) -> Team:
    """The team of the tests with these parts instead."""
    return Team.model_validate({**TEAM.model_dump(), **parts})


def runbook(**parts: Any) -> Loaded:
    return parse(yaml.safe_dump({**yaml.safe_load(bundled().text), **parts}, allow_unicode=True), env={})


def go_by(world: World, team: Team, version: str, loaded: Loaded | None = None) -> bool:
    """The bot reads these files."""
    world.domain = replace(world.domain, team=team, team_version=version, loaded=loaded or world.domain.loaded)
    world.ask(lambda tx: tx.runbooks.keep(world.domain.loaded.version, world.domain.loaded.text, "x"))
    return world.do(take_stock)


def told(world: World) -> list[tuple[str, str]]:
    return [(each.to[0], each.data["text"]) for each in world.messages("text")]


def events(world: World) -> list[Event]:
    return [each for each in world.ask(lambda tx: tx.timeline.after(0, 1000)) if each.kind == "power.changed"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"roles": {**TEAM.roles, "cto": ["alice", "bruno"]}}, ["Bruno now has the role cto"]),
        ({"roles": {**TEAM.roles, "platform_lead": []}}, ["Alice no longer has the role platform lead"]),
        ({"people": {**TEAM.model_dump()["people"], "zoe": {"name": "Zoé"}}}, ["Zoé (zoe) was added to the team file"]),
        ({"channels": {"incidents": "C9"}}, ["the channel incidents is now C9 instead of C03INC"]),
        (
            {"people": {**TEAM.model_dump()["people"], "alice": {"name": "Alice", "slack": "U66EVE"}}},
            ["Alice (alice) changed account: U66EVE instead of U01ALICE, alice@example.com"],
        ),
        ({}, []),
    ],
)
def test_what_was_given_and_taken_is_said(parts: dict[str, Any], said: list[str]) -> None:
    old, new = held_by(TEAM, bundled().runbook), held_by(other(**parts), bundled().runbook)
    assert list(changes_between(old, new)) == said


def test_a_permission_says_which_role_has_it_and_who_gained_by_it() -> None:
    more = runbook(permissions={**yaml.safe_load(bundled().text)["permissions"], "approve": ["devops"]})
    old, new = held_by(TEAM, bundled().runbook), held_by(TEAM, more.runbook)
    said = list(changes_between(old, new))
    assert "the role devops may now approve" in said
    assert "the role cto may no longer approve" in said
    assert gains(old, new) == {"bruno": ["approve"]}


def test_the_first_start_tells_nothing_and_a_second_changes_nothing(world: World) -> None:
    assert [go_by(world, TEAM, "1") for _ in range(2)] == [False, False]
    assert (events(world), told(world)) == ([], [])


def test_a_difference_is_one_event_and_told_once_where_deploys_are(world: World) -> None:
    go_by(world, other(channels={"devops": "C1"}), "1")
    changed = other(channels={"devops": "C1"}, roles={**TEAM.roles, "cto": ["bruno"]})
    assert [go_by(world, changed, "2") for _ in range(3)] == [True, False, False]
    (event,) = events(world)
    assert event.data["team_file"] == ["1", "2"]
    assert event.data["gained"]["bruno"] == ["approve", "override", "role cto"]
    assert event.data["lost"] == {"alice": ["role cto"]}
    [(to, text)] = told(world)
    assert to == "C1"
    assert "team file 1 → 2" in text
    assert "• Bruno now has the role cto" in text


def test_a_file_that_only_reads_differently_is_not_told(world: World) -> None:
    go_by(world, TEAM, "1")
    commented = parse(bundled().text + "\n# a comment\n", env={})
    assert go_by(world, TEAM, "2", commented) is False
    assert (events(world), told(world)) == ([], [])


def test_who_moves_the_channel_is_told_of_in_the_old_one_too(world: World) -> None:
    go_by(world, other(channels={"devops": "C1"}), "1")
    go_by(world, other(channels={"devops": "C2"}), "2")
    assert [to for to, _ in told(world)] == ["C1", "C2"]


def test_what_else_of_the_runbook_changed_is_counted(world: World) -> None:
    go_by(world, TEAM, "1")
    go_by(world, TEAM, "1", runbook(title="Another"))
    (event,) = events(world)
    assert event.data["changes"] == ["the runbook has 1 change: title"]


def test_an_approval_of_somebody_who_lost_the_role_is_void_at_once(world: World) -> None:
    go_by(world, TEAM, "1")
    run = world.do(request_deploy, BRUNO, Asked("all", "C1"))
    world.tick_all(run.id, "before")
    world.approve(run.id, ALICE)
    go_by(world, other(roles={"devops": ["bruno", "alice"]}), "2")
    assert "may no longer approve deploys" in world.run(run.id).inputs.voided
    assert world.do(approve.review) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"email": "x@example.com"}, {"email": "bruno@example.com"}, "found that <@U7> now has the role devops"),
        ({"email": "bruno@example.com"}, {"email": "x@example.com"}, "found that <@U7> no longer has the role devops"),
        (
            {"email": "bruno@example.com"}, {"email": "bruno@example.com", "deleted": True},
            "found that <@U7> no longer has the role devops, is deactivated in Slack",
        ),
        ({"email": "bruno@example.com"}, {"email": "bruno@example.com", "guest": False}, None),
    ],
)  # fmt: skip
def test_what_slack_says_of_somebody_is_an_event_when_it_gives_or_takes_a_role(
    world: World, old: dict[str, Any], new: dict[str, Any], words: str | None
) -> None:
    world.do(note_member, Member("U7", "T1", "Bruno", **old), Member("U7", "T1", "Bruno", **new))
    said = [event_words(each) for each in world.ask(lambda tx: tx.timeline.after(0, 9))]
    assert said == ([words] if words else [])
    assert len(told(world)) == (words == "found that <@U7> now has the role devops")
