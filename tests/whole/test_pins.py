"""Production that a rollback pinned, and the ways out of it."""

from bot.runs.model import RunState
from whole.workspace import Card, Workspace


async def _pinned(workspace: Workspace) -> str:
    """Roll the API back; the id of what was live before."""
    before = workspace.neonpro.vercel.live("neonpro-api").id
    await workspace.bruno.types("/rollback api")
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    await card.press("Roll back", by=workspace.bruno)
    await Card(workspace, "devops", "Roll back API", without="before it starts").shows("🟢 *done*", 30)
    return before


async def test_the_newest_is_promoted_from_the_card_of_a_deploy_and_the_pin_ends(workspace: Workspace) -> None:
    newest = await _pinned(workspace)
    deploy = await workspace.ask_deploy("api main")
    await deploy.shows("The newest that is not known to be bad")
    await deploy.press("Promote newest", by=workspace.bruno)
    live = Card(workspace, "devops", "Promote the newest API")
    await live.shows("🟢 *done*", 30)
    assert workspace.neonpro.vercel.live("neonpro-api").id == newest
    await deploy.lacks("A rollback pinned production")
    await workspace.settled()
    assert workspace.neonpro.mutations[-1].kind == "promote"
    status = await workspace.bruno.types("/deploy status")
    assert "locked" not in status
    assert "pinned" not in status


async def test_what_the_card_showed_is_promoted_and_nothing_else(workspace: Workspace) -> None:
    await _pinned(workspace)
    deploy = await workspace.ask_deploy("api main")
    await deploy.shows("[Promote newest]")
    seen = deploy.message
    await deploy.press("Promote newest", by=workspace.bruno)
    await Card(workspace, "devops", "Promote the newest API").shows("🟢 *done*", 30)
    await deploy.press("Promote newest", by=workspace.alice, seen=seen)
    await workspace.alice.sees("Nothing was changed")


async def test_promoting_takes_the_role(workspace: Workspace) -> None:
    await _pinned(workspace)
    deploy = await workspace.ask_deploy("api main")
    await deploy.press("Promote newest", by=workspace.fabio)
    await workspace.fabio.sees("You may not promote the newest deployment")
    assert [run.state for run in await workspace.read(lambda tx: tx.runs.find(kind="rollback"))] == [RunState.DONE]


async def test_the_status_names_the_pin_and_undoes_it(workspace: Workspace) -> None:
    await _pinned(workspace)
    status = await workspace.bruno.types("/deploy status")
    assert "*API*: pinned since run 1 rolled it back" in status
    assert "[Undo…]" in status
