"""Starting: what is wrong is one sentence that says how to fix it, and names no secret."""

import asyncio
from pathlib import Path

import pytest

from handlers.slack.manifest import manifest
from whole.estate import Estate, World
from whole.workspace import Workspace


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-999999-wrong"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_APP_TOKEN": ""}, "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN": "xapp-1-A1-1-999999"}, "Slack refuses SLACK_APP_TOKEN (invalid_auth)"),
        ({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "0123456789"}, "HTTP mode needs NEONOPS_WEB_PORT"),
    ],
)
async def test_a_setting_that_is_wrong_is_named(workspace: Workspace, changes: dict[str, str], said: str) -> None:
    sentence = await workspace.refuses_to_start(**changes)
    assert said in sentence
    assert "999999" not in sentence
    assert [task for task in asyncio.all_tasks() if task.get_name() == "warm-up"] == []


async def test_a_scope_that_is_missing_is_named_where_it_is_missed(tmp_path: Path, estate: Estate) -> None:
    scopes = [scope for scope in manifest()["oauth_config"]["scopes"]["bot"] if scope != "pins:write"]
    workspace = Workspace(World(tmp_path, estate, oauth_config={"scopes": {"bot": scopes}}))
    try:
        await workspace.open()
        room = await workspace.declare("p1 Checkout is down")
        await room.card.shows("the app needs the scope pins:write")
    finally:
        await workspace.close()


async def test_slack_that_is_away_at_start_is_waited_for(workspace: Workspace) -> None:
    await workspace.stop()
    workspace.slack.faults.fail("auth.test", "service_unavailable", n=2, status=503)
    await workspace.start()
    assert (await workspace.alice.types("/incident list")).ok


async def test_a_restart_goes_on_where_it_was(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    await workspace.restart()
    await room.card.tick("Determine scope and impact", by=workspace.bruno)
    await room.card.shows("✅ Determine scope and impact")
    assert len(room.card.messages) == 1


async def test_a_click_on_a_card_from_before_an_upgrade_of_the_runbook_works(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    own = workspace.world.directory / "changed.yml"
    text = workspace.bot.domain.loaded.text.replace("text: Determine scope and impact", "text: Find out how bad it is")
    own.write_text(text, "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(own))
    await room.card.tick("Determine scope and impact", by=workspace.bruno)
    await room.card.shows("✅ Determine scope and impact")
    assert "Find out how bad it is" in await (await workspace.declare("p1 Another")).card.all()


def _compiled(workspace: Workspace) -> int:
    database = workspace.bot.database
    return sum(len(engine._compiled_cache or ()) for engine in (database._engine, database._reader))


async def test_a_start_warms_up_with_an_incident_and_leaves_nothing_of_it(workspace: Workspace) -> None:
    workspace.warms_up = True
    await workspace.restart()
    assert await workspace.events() == []
    assert await workspace.read(lambda tx: (tx.runs.find(), tx.effects.find(), tx.cards.find())) == ([], [], [])
    before = _compiled(workspace)
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick("Determine scope and impact", by=workspace.bruno)
    assert before > 60
    assert _compiled(workspace) - before < before / 2
    assert room.number == 1
