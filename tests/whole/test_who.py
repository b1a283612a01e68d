"""Who may do what: every click and command is judged when it arrives."""

import pytest

from bot.runs.model import StepState
from whole.workspace import Member, Room, Workspace

SCOPE = "Determine scope and impact"


async def _ticked_by(workspace: Workspace, room: Room, name: str) -> Member:
    """Somebody in the room presses Tick."""
    person = Member(workspace, name)
    room.channel.members[person.id] = None
    await room.card.tick(SCOPE, by=person)
    return person


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fabio", "You may not work on this checklist"),
        ("gabi", "Workspace guests cannot use NeonOps"),
        ("otto", "Only members of this workspace can use NeonOps"),
    ],
)
async def test_a_click_without_the_right_changes_nothing_and_says_why(
    workspace: Workspace, name: str, said: str
) -> None:
    room = await workspace.declare("p1 Checkout is down")
    person = await _ticked_by(workspace, room, name)
    await person.sees(said, room.id)
    await workspace.settled()
    assert (await workspace.step("scope")).state is StepState.OPEN


@pytest.mark.parametrize("name", ["gabi", "otto"])
async def test_a_command_of_a_guest_or_an_outsider_does_nothing(workspace: Workspace, name: str) -> None:
    workspace.slack.channel("devops").members[Member(workspace, name).id] = None
    person = Member(workspace, name)
    answer = await person.types("/incident p1 Let me in")
    await workspace.settled()
    said = answer.words + "".join(person.whispers())
    assert "members" in said or "guests" in said
    assert await workspace.read(lambda tx: tx.incidents.find()) == []


async def test_somebody_not_met_before_is_looked_up_and_then_it_is_done(workspace: Workspace) -> None:
    team = workspace.world.directory / "small.yml"
    team.write_text("people: {}\n", "utf-8")
    await workspace.restart(NEONOPS_TEAM=str(team), NEONOPS_DATA_DIR=str(workspace.world.directory / "fresh"))
    answer = await workspace.fabio.types("/incident p1 Checkout is down")
    assert "looking up who you are" in answer
    await workspace.fabio.sees("*Checkout is down*")
    assert len(await workspace.read(lambda tx: tx.incidents.find())) == 1


async def test_a_refused_click_stands_in_the_timeline(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.fabio)
    (event,) = await workspace.events("click.refused")
    assert event.actor == workspace.fabio.id


async def test_a_button_of_another_bot_says_that_it_does_nothing(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    seen = room.card.message
    text = {"type": "plain_text", "text": "Tick"}
    old = {"type": "button", "action_id": "step.tick", "value": "old-value", "text": text}
    seen.blocks = [{"type": "actions", "block_id": "x", "elements": [old]}]
    ack = await workspace.slack.click("bruno", room.id, seen.ts, action_id="step.tick", seen=seen)
    assert ack.ok
    await workspace.bruno.sees("from an older NeonOps", room.id)


async def test_without_a_team_file_everybody_can_declare_and_look(workspace: Workspace) -> None:
    await workspace.restart(NEONOPS_TEAM="")
    assert (await workspace.fabio.types("/incident p3 Slow")).ok
    assert "Slow" in await workspace.elisa.types("/incident list")
