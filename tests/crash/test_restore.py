"""Killed in the middle of a restore: nothing goes on without the bot, and somebody is asked, once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from crash_operations import pressed, submitted, typed
from crash_world import CrashWorld, crash_world

from bot.ports import Tx
from bot.runs.model import GateKind, StepState
from handlers.slack.blocks import ids
from sandbox.neonpro.database.postgres import programs
from sandbox.neonpro.database.tables import Database

RUNBOOK = Path(__file__).with_name("restore.yml")
RESTORING = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'neonops-run-%'"


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Database]:
    """NeonPro's database."""
    database = Database()
    database.start(tmp_path / "neonpro")
    yield database
    database.stop()


def ask(database: Database, statement: str) -> Any:
    with psycopg.connect(database.dsn) as connection:
        done = connection.execute(statement.encode())
        return done.fetchone() if done.description else None


async def agreed(world: CrashWorld) -> None:
    """Two people agree to restore the dump in place."""
    await typed(world, "bruno", "/rollback database")
    await pressed(world, "bruno", ids.RESTORE_CHOOSE)
    await submitted(world, "bruno", backup="1", target="in_place", typed="production")
    await pressed(world, "alice", ids.RESTORE_APPROVE)
    await submitted(world, "alice", typed="production")


def asked(tx: Tx) -> bool:
    """The interrupted restore is asked about."""
    return bool(tx.gates.find(kind=GateKind.INTERRUPTED, step_id="back", state="open"))


async def test_a_restore_that_is_killed_asks_and_never_begins_again(lost: Database, tmp_path: Path) -> None:
    settings = {"DIRECT_URL": lost.dsn, "RESTORE_URL": lost.spare_dsn, "PATH": f"{programs()}:{os.environ['PATH']}"}
    async with crash_world(tmp_path, NEONOPS_RUNBOOK=str(RUNBOOK), **settings) as world:
        world.bot.start()
        await world.connected()
        await typed(world, "bruno", "/incident p1 Rows are gone")
        await world.until(lambda tx: tx.backups.find())
        ask(lost, "DELETE FROM consents")
        with psycopg.connect(lost.dsn) as reader:
            reader.execute("SELECT 1 FROM users LIMIT 1")  # whoever drops the table waits for this transaction
            await agreed(world)
            await world.slack.wait_for(lambda: ask(lost, f"{RESTORING} AND wait_event_type = 'Lock'") != (0,))
            await world.kill()
        await world.slack.wait_for(lambda: ask(lost, RESTORING) == (0,))
        world.bot.start()
        await world.until(asked)
        assert ask(lost, "SELECT count(*) FROM consents") == (0,), "nothing of it was committed"
        (step,) = await world.read(lambda tx: tx.steps.find(step_id="back"))
        assert (step.state, step.attempt, step.detail) == (StepState.UNKNOWN, 1, {})
        assert ask(lost, RESTORING) == (0,)
