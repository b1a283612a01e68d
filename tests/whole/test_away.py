"""The bot's own database goes away and comes back: people get a sentence, and nothing is half done."""

import asyncio
import sqlite3
from contextlib import closing

from bot.runs.model import StepState
from whole.workspace import Workspace

SCOPE = "Determine scope and impact"


async def test_an_incident_on_postgres(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    room = await workspace.declare("p1 Checkout is down")
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")
    assert await workspace.timeline_is_whole()


async def test_a_click_while_the_database_is_away_says_so_and_works_later(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    room = await workspace.declare("p1 Checkout is down")
    workspace.neonpro.switches.database_away = True
    assert (await room.card.tick(SCOPE, by=workspace.bruno)).ok
    await workspace.bruno.sees("The database does not answer, so nothing was saved", room.id)
    workspace.neonpro.switches.database_away = False
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")
    assert (await workspace.step("scope")).state is StepState.DONE


async def test_a_command_while_the_database_is_away_says_so(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    workspace.neonpro.switches.database_away = True
    answer = await workspace.alice.types("/incident p1 Checkout is down")
    assert "The database does not answer" in answer
    assert (await workspace.bot.ready())["database"] is False
    workspace.neonpro.switches.database_away = False
    assert "declared" in await workspace.alice.types("/incident p1 Checkout is down")


async def test_a_form_while_the_database_is_away_keeps_what_was_typed(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    await workspace.alice.types("/incident")
    await workspace.alice.form()
    workspace.neonpro.switches.database_away = True
    ack = await workspace.alice.submits(title="Checkout is down")
    assert "The database does not answer" in ack.errors["title"]
    workspace.neonpro.switches.database_away = False
    assert (await workspace.alice.submits()).errors == {}


async def test_an_event_while_the_database_is_away_is_taken_when_slack_brings_it_again(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    workspace.limits(ack_seconds=0.5, retry_after_seconds=(0.2, 0.5, 1.0))
    room = await workspace.declare("security Somebody reads our mail", by=workspace.carla)
    workspace.neonpro.switches.database_away = True
    await workspace.slack.invite("carla", room.id, "elisa")
    await workspace.until(lambda: any("retry" in p["summary"] for p in workspace.slack.traffic()))
    workspace.neonpro.switches.database_away = False
    await workspace.until(lambda: workspace.read(lambda tx: workspace.elisa.id in tx.incidents.find()[0].members))


async def test_clicks_while_another_process_holds_the_database_are_told_in_time(workspace: Workspace) -> None:
    room = await workspace.declare("p1 Checkout is down")
    people = (workspace.alice, workspace.bruno, workspace.carla, workspace.diego)
    with closing(sqlite3.connect(workspace.world.directory / "data" / "neonops.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        acks = await asyncio.gather(*(room.card.tick(SCOPE, by=person) for person in people))
        answer = await workspace.alice.types("/incident p1 Another")
    assert [ack.ok for ack in acks] == [True] * 4
    assert "nothing was saved. Try again" in answer
    assert len(await workspace.read(lambda tx: tx.incidents.find())) == 1
    await room.card.tick(SCOPE, by=workspace.bruno)
    await room.card.shows(f"✅ {SCOPE}")


async def test_what_was_under_way_goes_on_when_the_database_returns(workspace: Workspace) -> None:
    await workspace.restart_on_postgres()
    workspace.slack.faults.method_latency_ms["conversations.create"] = 500
    room = await workspace.declare_soon("p1 Checkout is down")
    await workspace.until(lambda: workspace.read(lambda tx: tx.effects.find(kind="channel.create", state="sending")))
    workspace.neonpro.switches.database_away = True
    await workspace.until(lambda: workspace.slack.calls_of("conversations.create"))
    workspace.neonpro.switches.database_away = False
    await workspace.until(lambda: room.card.messages, 20)
    assert len([c for c in workspace.slack.channels() if c.name.startswith("incident-2")]) == 1
