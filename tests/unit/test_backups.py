"""Proven backups are written down with the step's outcome, and let go of when their time is over."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from domain_world import NOON, World, manual, opened, phase, procedure, reading, runbook

from bot.backups.files import BackupFiles
from bot.backups.model import Backup, BackupKind, proof
from bot.backups.records import kept
from bot.kinds import KINDS
from bot.machine.clock import Clock
from bot.restores.expire import expire
from bot.restores.model import Choice, RestoreInputs
from bot.runs.model import RunState
from bot.runs.outcome import Done, Failed
from bot.timeline.wording import event_words

DAYS = timedelta(days=30)


@pytest.fixture
def world() -> Iterator[World]:
    with opened(runbook(procedure(phase(reading("backup"), manual("look"), mode="sequence")))) as made:
        yield made


def taken(world: World, kind: BackupKind = BackupKind.DUMP, **more: object) -> Backup:
    """A run of which a step has taken a backup now."""
    run = world.begin("work")
    world.take(run.id)
    world.advance(run.id)
    world.settle(run.id, "backup", Done("proven", proof(kind, world.now, DAYS, **more)))
    return world.ask(lambda tx: tx.backups.find(order="-id", limit=1))[0]


def states(world: World) -> list[str]:
    return [each.state for each in world.ask(lambda tx: tx.backups.find())]


def expired(world: World) -> list[str]:
    world.do(expire, world.now)
    return states(world)


def test_it_is_written_down_with_the_outcome(world: World) -> None:
    found = taken(world, path="backups/run-1-backup-1", size=9_000_000_000, rows={"public.users": 240}, sha256="ab")
    assert (found.run_id, found.step_id, found.taken_at, found.expires_at) == (1, "backup", NOON, NOON + DAYS)
    assert (found.size, found.rows, found.total, found.state) == (9_000_000_000, {"public.users": 240}, 240, "kept")
    event = next(each for each in world.events(1) if each.kind == "backup.proven")
    assert event_words(event) == "verified a dump with 240 rows"


def test_a_backup_that_failed_is_not(world: World) -> None:
    run = world.begin("work")
    world.take(run.id)
    world.advance(run.id)
    world.settle(run.id, "backup", Failed("no rows"))
    assert states(world) == []


def test_it_is_let_go_of_when_its_time_is_over(world: World) -> None:
    taken(world)
    world.wait(days=2)
    taken(world)
    world.wait(days=27)
    assert expired(world) == ["kept", "kept"]
    world.wait(days=2)
    assert expired(world) == ["deleted", "kept"]


def test_the_newest_dump_stays_however_old_it_is(world: World) -> None:
    taken(world, path="one")
    taken(world, BackupKind.PITR)
    world.wait(days=400)
    assert expired(world) == ["kept", "deleted"]


def test_one_that_is_to_be_restored_stays(world: World) -> None:
    wanted = taken(world)
    world.wait(days=1)
    taken(world)
    run = world.begin("work", state=RunState.WAITING)
    chosen = RestoreInputs(restore=Choice("new", NOON.isoformat(), wanted.id))
    world.ask(lambda tx: tx.runs.save(run, kind=KINDS["restore"], inputs=chosen))
    world.wait(days=400)
    assert expired(world) == ["kept", "kept"]
    assert [each.id for each in world.ask(kept)] == [2, 1]


class Transactions:
    """As much of a transactions as sweeping needs."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, question: object) -> object:
        return self._world.ask(question)  # type: ignore[arg-type]


class Now(Clock):
    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now


async def test_files_that_no_backup_needs_are_taken_away(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for name in ("kept", "gone", "left", "fresh"):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (NOON.timestamp(), NOON.timestamp()))
    taken(world, path="backups/gone")
    world.wait(days=1)
    taken(world, path="backups/kept")
    world.wait(days=30)
    os.utime(folder / "fresh", (world.now.timestamp(), world.now.timestamp()))
    world.do(expire, world.now)
    await BackupFiles(Transactions(world), tmp_path, Now(world)).sweep()  # type: ignore[arg-type]
    assert sorted(path.name for path in folder.iterdir()) == ["fresh", "kept"]
