"""Whether a mended incident comes back: the bot looks for a while, and opens it again."""

from whole.workspace import Workspace

ITEM = "Monitor for recurrence"


async def test_an_incident_that_comes_back_is_open_again(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Run", ITEM, by=workspace.bruno)
    await workspace.bruno.types("/incident resolve", room.id)
    await room.card.shows("*Resolved*")
    workspace.neonpro.switches.api = "down"
    reopened = await room.hears("NeonOps reopened the incident")
    assert "2 checks in a row failed" in reopened
    await room.card.shows("*Open*")


async def test_an_incident_that_stays_away_is_ticked(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await room.card.press("Run", ITEM, by=workspace.bruno)
    await room.card.shows(f"✅ {ITEM}")
    assert "passing checks in a row" in await room.card.all()
