"""Production that a rollback pinned, and the ways out of it."""

from collections.abc import Awaitable, Callable

import pytest

from bot.runs.model import RunState
from whole.runbooks import bundled_data, written
from whole.workspace import Card, Workspace


async def _pinned(workspace: Workspace, *, confirms: str = "bruno") -> str:
    """Roll the API back; the id of what was live before."""
    before = workspace.neonpro.vercel.live("neonpro-api").id
    await workspace.bruno.types("/rollback api")
    card = Card(workspace, "devops", "Roll back")
    await card.shows("goes back to")
    await workspace.settled()
    await card.press("Roll back", by=getattr(workspace, confirms))
    await Card(workspace, "devops", "Roll back API", without=": pre-").shows("🟢 *done*", 30)
    return before


async def test_the_newest_is_promoted_from_the_card_of_a_deploy_and_the_pin_ends(workspace: Workspace) -> None:
    newest = await _pinned(workspace)
    deploy = await workspace.ask_deploy("api main")
    await deploy.shows("Newest not known to be bad")
    await deploy.press("Promote newest", by=workspace.bruno)
    live = Card(workspace, "devops", "Promote the newest API")
    await live.shows("🟢 *done*", 30)
    assert workspace.neonpro.vercel.live("neonpro-api").id == newest
    await deploy.lacks("Production is pinned by a rollback")
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
    assert "*API*: pinned by the rollback of run 1" in status
    assert "[Undo…]" in status


async def _with_approval(workspace: Workspace) -> str:
    """Rollbacks take a second person, and one has pinned the API; the id of what was live before."""
    whole = bundled_data()
    whole["rollbacks"]["approval"] = True
    path = workspace.world.directory / "approval.yml"
    path.write_text(written(whole), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))
    return await _pinned(workspace, confirms="alice")


async def _undo(workspace: Workspace) -> str:
    await Card(workspace, "devops", "Roll back API", without=": pre-").press("Undo…", by=workspace.bruno)
    assert (await workspace.bruno.submits(sure="yes")).ok
    return "Undo the rollback of run 1"


async def _promote(workspace: Workspace) -> str:
    deploy = await workspace.ask_deploy("api main")
    await deploy.press("Promote newest", by=workspace.bruno)
    return "Promote the newest API"


@pytest.mark.parametrize("ask", [_undo, _promote])
async def test_a_second_person_confirms_what_ends_a_pin_too(
    workspace: Workspace, ask: Callable[[Workspace], Awaitable[str]]
) -> None:
    newest = await _with_approval(workspace)
    pinned, title = workspace.neonpro.vercel.live("neonpro-api").id, await ask(workspace)
    card = Card(workspace, "devops", f"{title}: pre-")
    await card.press("Promote", by=workspace.bruno)
    await workspace.bruno.sees("another person must confirm it")
    assert workspace.neonpro.vercel.live("neonpro-api").id == pinned
    assert "Choose a deployment" not in card.text
    assert ("No health record" in card.text) == (ask is _undo)
    await card.press("Promote", by=workspace.alice)
    await Card(workspace, "devops", title, without=": pre-").shows("🟢 *done*", 30)
    assert workspace.neonpro.vercel.live("neonpro-api").id == newest
    await card.lacks("No health record")
