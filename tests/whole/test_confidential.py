"""Confidential incidents exist for their members only, on every surface."""

from typing import Any

import pytest
import yaml

from bot.runbook.load import bundled_path
from handlers.slack.blocks import ids
from whole.workspace import Room, Workspace, blocks_text


async def _breach(workspace: Workspace) -> Room:
    return await workspace.declare("security Somebody reads our mail", by=workspace.carla)


async def test_only_the_invited_roles_and_the_declarer_are_in_the_channel(workspace: Workspace) -> None:
    room = await _breach(workspace)
    people = {"U01ALICE", "U03CARLA", "U04DIEGO", "U08HELENA", workspace.slack.bot_user_id}
    assert set(room.channel.members) == people


async def test_it_is_announced_nowhere(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.carla.types("/incident resolve It was us", room.id)
    await workspace.settled()
    public = [c.id for c in workspace.slack.channels() if c.is_public]
    assert [m.text for channel in public for m in workspace.slack.messages(channel)] == []


async def test_the_list_shows_it_to_members_only(workspace: Workspace) -> None:
    await _breach(workspace)
    assert "reads our mail" in await workspace.carla.types("/incident list")
    for outsider in (workspace.elisa, workspace.bruno, workspace.fabio):
        answer = await outsider.types("/incident list")
        assert "No open incidents" in answer
        assert "mail" not in answer


async def test_its_number_says_nothing_to_others(workspace: Workspace) -> None:
    await _breach(workspace)
    for operation in ("status", "timeline", "note I know", "resolve", "close", "severity p1", "role scribe @elisa"):
        answer = await workspace.elisa.types(f"/incident 1 {operation}")
        assert "There is no incident 1" in answer, operation


async def test_the_home_shows_it_to_members_only(workspace: Workspace) -> None:
    await _breach(workspace)
    assert "reads our mail" in await workspace.carla.home()
    assert "mail" not in await workspace.elisa.home()


async def test_who_is_invited_by_hand_sees_it(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    assert "reads our mail" in await workspace.elisa.types("/incident 1 status")


async def test_who_leaves_does_not_see_it_any_more(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    await workspace.slack.leave("elisa", room.id)
    await workspace.until(lambda: _is_stranger(workspace, workspace.elisa.id))


def _home(workspace: Workspace, name: str) -> str:
    view = workspace.slack.home(name)
    return blocks_text(view.blocks) if view else ""


async def test_the_home_of_somebody_who_leaves_is_drawn_anew(workspace: Workspace) -> None:
    room = await _breach(workspace)
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: _is_member(workspace, workspace.elisa.id))
    assert "reads our mail" in await workspace.elisa.home()
    await workspace.slack.leave("elisa", room.id)
    await workspace.until(lambda: "mail" not in _home(workspace, "elisa"))


async def test_the_home_of_somebody_who_becomes_a_guest_shows_nothing_any_more(workspace: Workspace) -> None:
    await _breach(workspace)
    assert "reads our mail" in await workspace.carla.home()
    await workspace.slack.change_person("carla", is_restricted=True)
    await workspace.until(lambda: "Workspace guests" in _home(workspace, "carla"))
    assert "mail" not in _home(workspace, "carla")


async def _with_loud_data_loss(workspace: Workspace) -> None:
    """Data loss is announced, and blocks deploys; it has a private channel as ever."""
    whole: dict[str, Any] = yaml.safe_load(bundled_path().read_text("utf-8"))
    next(each for each in whole["severities"] if each["id"] == "data-loss")["announce"] = True
    whole["deploys"]["blocked_by"] = ["data-loss", "security"]
    path = workspace.world.directory / "loud.yml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))


async def test_what_named_it_in_public_is_taken_back_when_it_becomes_confidential(workspace: Workspace) -> None:
    await _with_loud_data_loss(workspace)
    card = await workspace.ask_deploy("api main")
    room = await workspace.declare("data-loss Rows of the agenda are gone")
    await card.shows("⛔ #1 · DATA-LOSS is open")
    await workspace.until(lambda: [m for m in workspace.slack.messages("incidents") if "agenda" in m.text])
    assert "agenda" in await workspace.fabio.home()
    assert (await workspace.alice.types("/incident severity security", room.id)).ok
    await card.shows("⛔ 1 confidential incident is open")
    await workspace.until(lambda: "agenda" not in _home(workspace, "fabio"))
    await workspace.settled()
    public = [m for c in workspace.slack.channels() if c.is_public for m in workspace.slack.messages(c.id)]
    assert not [m for m in public if "agenda" in f"{m.text}{m.blocks}" or "DATA-LOSS" in f"{m.text}{m.blocks}"]
    assert "was retracted" in workspace.slack.messages("incidents")[0].text


@pytest.mark.parametrize("code", ["invalid_auth", "is_inactive"])
async def test_what_slack_refuses_to_take_back_for_a_while_is_taken_back_later(workspace: Workspace, code: str) -> None:
    await _with_loud_data_loss(workspace)
    room = await workspace.declare("data-loss Rows of the agenda are gone")
    workspace.slack.faults.fail("chat.update", code, n=4)
    assert (await workspace.alice.types("/incident severity security", room.id)).ok
    await workspace.until(lambda: "chat.update" not in workspace.slack.faults.errors)
    workspace.clock.forward(minutes=16)
    await workspace.bot.delivery.sweep()
    await workspace.until(lambda: "was retracted" in workspace.slack.messages("incidents")[0].text)


async def test_an_override_of_its_gate_is_for_this_incident_alone(workspace: Workspace) -> None:
    await _with_loud_data_loss(workspace)
    card = await workspace.ask_deploy("api main")
    await _breach(workspace)
    await card.shows("⛔ 1 confidential incident is open")
    await card.press("Override…", by=workspace.alice)
    await workspace.alice.submits(gate="incidents", reason="It is the fix")
    await card.shows("Overridden by <@U01ALICE>: It is the fix")
    await workspace.carla.types("/incident 1 resolve over")
    await card.lacks("confidential")
    await workspace.declare("security Another one", by=workspace.carla)
    await card.shows("⛔ 1 confidential incident is open")


async def test_a_guest_opens_no_form_by_shortcut(workspace: Workspace) -> None:
    await workspace.slack.shortcut("gabi", ids.INCIDENT_DECLARE)
    await workspace.gabi.is_told("Workspace guests cannot use NeonOps")
    assert workspace.slack.views("gabi") == ()


async def test_somebody_not_met_before_declares_by_shortcut(workspace: Workspace) -> None:
    workspace.write_team(lambda team: (team["people"].clear(), team["roles"].clear()))
    await workspace.restart(NEONOPS_DATA_DIR=str(workspace.world.directory / "fresh"))
    await workspace.slack.shortcut("fabio", ids.INCIDENT_DECLARE)
    assert (await workspace.fabio.form()).callback_id == ids.INCIDENT_DECLARE


async def test_a_fix_of_what_others_may_not_see_is_the_fix_of_nothing(workspace: Workspace) -> None:
    await _breach(workspace)
    for number in (1, 99):
        assert f"There is no incident {number}." in await workspace.bruno.types(f"/deploy api main --fix {number}")
    assert "is waiting for its checklist" in await workspace.alice.types("/deploy api main --fix 1")


async def test_without_a_channel_it_goes_to_the_declarer_alone(workspace: Workspace) -> None:
    workspace.slack.faults.fail("conversations.create", "restricted_action", n=9)
    room = await workspace.declare_soon("security Somebody reads our mail", by=workspace.carla)
    await room.card.appears()
    assert room.channel.is_im
    assert workspace.carla.id in room.channel.members


async def _is_member(workspace: Workspace, user: str) -> bool:
    return await workspace.read(lambda tx: user in tx.incidents.find()[0].members)


async def _is_stranger(workspace: Workspace, user: str) -> bool:
    return not await _is_member(workspace, user)
