"""An incident's clock on several replicas: both look at the same timers at once, and each of them fires once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from storage_world import Opened

from bot.domain import Domain
from bot.duties.timers import fire
from bot.effects.outgoing import KIND, read_outgoing
from bot.incidents.declare import Declaration, declare
from bot.kinds import KINDS
from bot.people import Actor, Team
from bot.ports import Tx
from bot.runbook.load import bundled_path, load
from bot.subscribers import SUBSCRIBERS
from storage.database import SqlDatabase

ALICE = Actor("U01ALICE", "Alice", frozenset({"platform_lead"}))
REMINDERS = ("timer.phase", "timer.update")
ROLES = {"developer": ["bruno"], "platform_lead": ["alice"], "cto": ["helena"], "executive": ["helena"]}
TEAM = Team.model_validate({"people": {key: {"name": key} for key in ("alice", "bruno", "helena")}, "roles": ROLES})


@pytest.fixture
def domain() -> Domain:
    return Domain(load(bundled_path(), {}), TEAM, ZoneInfo("America/Sao_Paulo"), {}, SUBSCRIBERS, KINDS)


@pytest.fixture
def other(opened: Opened) -> Iterator[SqlDatabase]:
    """The second replica's connection to the same database."""
    database = SqlDatabase(opened.url, opened.clock, lambda text: text)
    yield database
    database.close()


def look(domain: Domain, database: SqlDatabase) -> None:
    """One replica fires what it finds due."""

    async def fire_all() -> None:
        for timer in await database.read(lambda tx: tx.timers.due(tx.now)):
            await database.write(lambda tx, number=timer.id: fire(domain, tx, number))  # type: ignore[misc]

    asyncio.run(fire_all())


def called(tx: Tx, run: int) -> list[tuple[str, int]]:
    kept = [event for event in tx.timeline.of_run(run, limit=500) if event.kind.startswith("escalation.")]
    return [(event.kind.removeprefix("escalation."), event.data["level"]) for event in kept]


def test_two_replicas_call_each_level_once(opened: Opened, other: SqlDatabase, domain: Domain) -> None:
    run = opened.write(lambda tx: declare(domain, tx, ALICE, Declaration("p1", "Checkout is down"))).run_id
    with ThreadPoolExecutor(2) as replicas:
        for _ in range(13):
            opened.clock.wait(minutes=5)
            list(replicas.map(lambda database: look(domain, database), [opened.database, other]))
    assert opened.read(lambda tx: called(tx, run)) == [
        ("called", 1), ("reminded", 2), ("called", 2), ("reminded", 3), ("called", 3), ("reminded", 4), ("asked", 4),
        ("exhausted", 0),
    ]  # fmt: skip
    assert opened.faults() == []


def test_two_replicas_remind_of_each_phase_and_of_the_update_once(
    opened: Opened, other: SqlDatabase, domain: Domain
) -> None:
    run = opened.write(lambda tx: declare(domain, tx, ALICE, Declaration("p1", "Checkout is down"))).run_id
    with ThreadPoolExecutor(2) as replicas:
        for _ in range(24):
            opened.clock.wait(minutes=5)
            list(replicas.map(lambda database: look(domain, database), [opened.database, other]))
    kept = opened.read(lambda tx: tx.timeline.of_run(run, limit=500))
    assert [event.data.get("phase", "update") for event in kept if event.kind in REMINDERS] == [
        "Immediate actions", "update", "Investigation", "Resolution",
    ]  # fmt: skip
    planned = opened.read(lambda tx: tx.effects.find(kind=KIND, run_id=run))
    assert sum(read_outgoing(each).template in REMINDERS for each in planned) == 4
