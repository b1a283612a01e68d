"""Changes of power leave a trace, and end at a reload what they ended; refusals leave one that nobody can flood."""

from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refusal
from bot.power.refusals import FIRST
from bot.runs.model import RunState
from whole.workspace import Card, Workspace

ITEM = "Determine scope and impact"


def _told(workspace: Workspace) -> list[str]:
    """What was said in #devops of what is in force."""
    return [m.text for m in workspace.slack.messages("devops") if "Configuration changed" in m.text]


def _take(team: dict[str, Any]) -> None:
    """Bruno is not in DevOps any more."""
    team["roles"]["devops"] = ["alice"]


async def test_a_first_start_and_a_second_tell_nothing(workspace: Workspace) -> None:
    await workspace.restart()
    await workspace.settled()
    assert (await workspace.events("power.changed"), _told(workspace)) == ([], [])


async def test_a_start_with_another_team_file_is_told_once(workspace: Workspace) -> None:
    workspace.write_team(_take)
    for _ in range(2):
        await workspace.restart()
    await workspace.settled()
    (event,) = await workspace.events("power.changed")
    assert "role devops" in event.data["lost"]["bruno"]
    (text,) = _told(workspace)
    assert "• Bruno Barros no longer has the role devops" in text
    assert await workspace.timeline_is_whole()


async def test_a_role_that_is_taken_ends_at_the_reload(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    workspace.write_team(_take)
    await room.card.tick(ITEM, by=workspace.bruno)
    assert (await workspace.step("scope")).by == workspace.bruno.id
    words = await workspace.bot.reload()
    assert "see the timeline" in words
    await room.card.untick(ITEM, by=workspace.bruno)
    await workspace.until(lambda: "You may not work on this checklist" in workspace.bruno.front())
    await workspace.until(lambda: len(_told(workspace)) == 1)
    assert "Nothing has changed" in await workspace.bot.reload()
    assert len(await workspace.events("power.changed")) == 1


async def test_an_approval_ends_with_the_role_that_gave_it(workspace: Workspace) -> None:
    await workspace.bruno.types("/deploy lock not yet")
    card = await workspace.ask_deploy("api main")
    await card.tick_all(by=workspace.bruno)
    await card.press("Approve and start", by=workspace.alice)
    await card.shows("Approved by")
    workspace.write_team(lambda team: team["roles"].update(platform_lead=["helena"]))
    await workspace.bot.reload()
    await card.shows("The approval is void: <@U01ALICE> may no longer approve deploys.")


@pytest.mark.parametrize(
    "change",
    [
        lambda team: team["roles"].update(devops=["nobody"]),
        lambda team: team["people"]["bruno"].update(nmae="x"),
        lambda team: team["people"]["carla"].update(slack="U02BRUNO"),
    ],
)
async def test_a_broken_team_file_is_refused_and_the_old_one_stays(workspace: Workspace, change: Any) -> None:
    before = workspace.bot.domain
    workspace.write_team(change)
    with pytest.raises(Refusal, match=r"team\.yml:\d+: "):
        await workspace.bot.reload()
    assert workspace.bot.domain is before
    assert "is waiting for its checklist" in await workspace.bruno.types("/deploy api")


async def _with_own_runbook(workspace: Workspace) -> Path:
    path = workspace.world.directory / "own.yml"
    path.write_text(workspace.bot.domain.loaded.text, "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    return path


async def test_what_runs_stays_on_its_runbook_and_what_begins_goes_by_the_new_one(workspace: Workspace) -> None:
    path = await _with_own_runbook(workspace)
    room = await workspace.declare("p1 Checkout is down")
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"text: {ITEM}", "text: Find out how bad it is"), "utf-8")
    await workspace.bot.reload()
    await room.card.tick(ITEM, by=workspace.bruno)
    await room.card.shows(f"✅ {ITEM}")
    assert "Find out how bad it is" in await (await workspace.declare("p1 Another")).card.all()
    assert "runbook" in _told(workspace)[0]
    path.write_text(text.replace("kind: incident", "kind: accident"), "utf-8")
    with pytest.raises(Refusal, match=r"own\.yml:\d+: procedures\.incident_p1\.kind"):
        await workspace.bot.reload()


async def test_a_permission_that_is_taken_ends_for_what_runs_already(workspace: Workspace) -> None:
    path = await _with_own_runbook(workspace)
    await workspace.bruno.types("/rollback api")
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    text = path.read_text("utf-8")
    path.write_text(text.replace("  rollback: [devops, platform_lead, developer, cto]", "  rollback: [cto]"), "utf-8")
    await workspace.bot.reload()
    await card.press("Roll back", by=workspace.alice)
    await workspace.alice.sees("You may not roll back")
    assert (await workspace.run()).state is RunState.WAITING


async def test_refused_commands_forms_and_clicks_are_counted_and_the_first_told(workspace: Workspace) -> None:
    for _ in range(20):
        await workspace.elisa.types("/deploy lock please")
    first = await workspace.events("command.refused")
    assert [event.data["operation"] for event in first] == ["/deploy lock"] * FIRST
    assert "You may not lock deploys" in first[0].data["why"]
    workspace.clock.forward(hours=1)
    await workspace.bot.ticks.sweep()
    (counted,) = await workspace.events("refusals.counted")
    assert (counted.actor, counted.data["count"]) == (workspace.elisa.id, 20)


async def test_a_flood_of_somebody_without_a_role_is_a_number(workspace: Workspace) -> None:
    before = len(await workspace.events())
    for _ in range(60):
        await workspace.fabio.types("/rollback api")
    assert len(await workspace.events()) == before + FIRST
    await workspace.bot.refusals.sweep()
    (row,) = await workspace.read(lambda tx: tx.refused.find())
    assert (row.count, row.deeds) == (60, {"/rollback api": 60})


async def test_a_guest_who_is_refused_leaves_a_trace(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    room.channel.members[workspace.gabi.id] = None
    await room.card.tick(ITEM, by=workspace.gabi)
    await workspace.gabi.sees("Workspace guests", room.id)
    (event,) = await workspace.events("click.refused")
    assert (event.actor, event.actor_name) == (workspace.gabi.id, "gabi")
    assert "Workspace guests" in event.data["why"]
