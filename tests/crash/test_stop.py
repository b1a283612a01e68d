"""SIGTERM drains and loses nothing; and whichever way the bot goes, no command of its runbook stays behind."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from crash_checks import complaints
from crash_operations import approved_deploy, pressed, typed
from crash_people import CONDUCTING, PEOPLE, Ledger, Person
from crash_walk import at_rest, at_work
from crash_world import RUNBOOK, CrashWorld, crash_world
from guards import GUARD_S

from bot.runs.model import GateKind, StepState
from handlers.slack.blocks import ids

MARK = f"8317.{os.getpid()}"
"""Seconds that the long command sleeps: by this word its processes are found, and not those of another test process."""
LONG = f"echo {{run}} >> migrations.txt; setsid sleep {MARK} & sleep {MARK}"
"""A command whose child even leaves the process group."""


@asynccontextmanager
async def world_with_a_long_step(directory: Path) -> AsyncIterator[CrashWorld]:
    """A deploy whose first step runs, and would go on for hours."""
    runbook = directory / "runbook.yml"
    runbook.write_text(RUNBOOK.read_text().replace("echo {run} >> migrations.txt; sleep 0.2", LONG))
    async with crash_world(directory, NEONOPS_RUNBOOK=str(runbook)) as world:
        world.bot.start()
        await world.connected()
        await approved_deploy(world)
        await until(lambda: len(processes(MARK)) == 2)
        yield world


def processes(word: str) -> list[int]:
    """Ids of the `sleep` processes with this argument."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"sleep") and word.encode() in words:
            found.append(int(entry.parent.name))
    return found


async def until(holds: Callable[[], bool], *, seconds: float = GUARD_S) -> None:
    over = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < over, f"not so after {seconds} s"
        await asyncio.sleep(0.02)


async def test_sigterm_ends_the_bot_with_0_and_loses_nothing(tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        ledger = Ledger()
        world.bot.start()
        await world.connected()
        async with at_work([Person(name, 7, CONDUCTING, world, ledger) for name in PEOPLE]):
            await world.slack.wait_for(lambda: len(ledger.entries) > 30)
            assert await world.bot.terminate() == 0
        world.bot.start()
        await at_rest(world)
        assert await world.read(lambda tx: complaints(world, ledger, tx)) == []


async def test_sigterm_lets_what_is_being_delivered_end(tmp_path: Path) -> None:
    async with crash_world(tmp_path) as world:
        world.slack.faults.method_latency_ms = {"conversations.create": 1000}
        world.bot.start()
        await world.connected()
        await typed(world, "alice", "/incident p1 Checkout is down")
        assert await world.bot.terminate() == 0
        assert await world.read(lambda tx: tx.incidents.get(1).channel)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
async def test_no_command_outlives_the_bot(ending: signal.Signals, tmp_path: Path) -> None:
    async with world_with_a_long_step(tmp_path) as world:
        code = await (world.bot.terminate() if ending is signal.SIGTERM else world.bot.kill())
        assert code in (0, None)
        await until(lambda: processes(MARK) == [])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
async def test_a_command_that_was_interrupted_is_asked_about_and_not_run_again(
    ending: signal.Signals, tmp_path: Path
) -> None:
    async with world_with_a_long_step(tmp_path) as world:
        await (world.bot.terminate() if ending is signal.SIGTERM else world.bot.kill())
        world.bot.start()
        await world.until(lambda tx: tx.gates.find(kind=GateKind.INTERRUPTED, state="open"))
        assert (await world.read(lambda tx: tx.steps.get(1, "migrate"))).state is StepState.UNKNOWN
        assert (world.sandbox.neonpro.workdir / "migrations.txt").read_text() == "1\n"
        await pressed(world, "bruno", ids.GATE_DONE)
        await world.until(lambda tx: tx.runs.get(1).state.ended)
