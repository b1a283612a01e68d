"""Acknowledging an incident in Slack: by command and by taking the lead."""

from whole.workspace import Workspace


async def test_ack_says_who_is_on_it_to_all_and_stands_in_the_status(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    assert "Nobody has acknowledged it" in await workspace.alice.types("/incident status", room.id)
    assert "You are on incident 1" in await workspace.bruno.types("/incident ack", room.id)
    await room.hears("is on it")
    assert f"<@{workspace.bruno.id}> is on incident 1 already" in await workspace.alice.types("/incident ack", room.id)
    assert f"🙋 <@{workspace.bruno.id}> is on it since" in await workspace.alice.types("/incident 1 status")
    assert room.heard("is on it") == 1


async def test_hand_back_says_that_nobody_is_on_it(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types("/incident 1 ack")
    assert "handed incident 1 back" in await workspace.bruno.types("/incident hand-back", room.id)
    await room.hears("nobody is on it, and people are called again")


async def test_taking_the_lead_acknowledges(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.bruno.types(f"/incident role commander <@{workspace.bruno.id}>", room.id)
    await room.hears("is on it")


async def test_who_may_not_respond_is_told_so(workspace: Workspace) -> None:
    await workspace.declare("p1 Checkout is down")
    assert "You may not acknowledge an incident" in await workspace.fabio.types("/incident 1 ack")
    assert await workspace.events("incident.acknowledged") == []
