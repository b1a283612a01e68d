"""What the benchmark concludes from what it measures."""

import asyncio
from pathlib import Path

import pytest

from bot.machine.clock import SystemClock
from bot.people import ROBOT
from bot.ports import Tx
from bot.timeline import Verifier
from sandbox.slack.call_log import Call
from storage.database import SqlDatabase
from storage.migrate import upgrade
from tests.bench.__main__ import options
from tests.bench.declaring import chain
from tests.bench.figures import Figure, percentile, table
from tests.bench.history import write_history


@pytest.mark.parametrize(
    ("value", "target", "verdict", "fails", "fails_strictly"),
    [
        (1.0, None, "-", False, False),
        (1.5, 1.5, "ok", False, False),
        (1.6, 1.5, "miss", False, True),
        (1.9, 1.5, "miss", True, True),
        (0, 0, "ok", False, False),
        (1, 0, "miss", True, True),
    ],
)
def test_a_miss_fails_beyond_a_fifth_or_when_strict(
    value: float, target: float | None, verdict: str, fails: bool, fails_strictly: bool
) -> None:
    figure = Figure("an ack", value, "×", target)
    assert (figure.verdict, figure.failed(strict=False), figure.failed(strict=True)) == (verdict, fails, fails_strictly)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_the_table_has_what_measured_target_and_verdict_of_each_figure() -> None:
    line = table([Figure("a start", 1.234, "s", 1.5, "p50 of 3")]).splitlines()[-1]
    assert line.split() == ["a", "start", "1.23", "s", "≤", "1.50", "s", "ok", "p50", "of", "3"]


def test_calls_that_overlap_are_not_counted_one_after_another() -> None:
    calls = [_call("conversations.create", 0.00), _call("conversations.invite", 0.11), _call("chat.postMessage", 0.12)]
    assert chain(calls, "C1") == ("conversations.create", "chat.postMessage")


def _call(method: str, at: float) -> Call:
    return Call(method, {"channel": "C1"}, at, "ok")


def test_a_written_history_is_a_whole_chain(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'neonops.db'}"
    upgrade(url)
    asyncio.run(_in_database(url, lambda tx: tx.timeline.record("note.added", ROBOT, None, text="first")))
    write_history(tmp_path / "neonops.db", 500, run=1, every=5)
    verifier = Verifier()
    asyncio.run(_in_database(url, lambda tx: _verify(tx, verifier)))
    assert (verifier.seq, verifier.faults) == (500, [])


def _verify(tx: Tx, verifier: Verifier) -> None:
    verifier.read(tx.timeline.after(0, 1000))
    verifier.finish(*tx.timeline.head())


async def _in_database(url: str, work: object) -> None:
    database = SqlDatabase(url, SystemClock(), str)
    try:
        await database.write(work)  # type: ignore[arg-type]
    finally:
        database.close()


def test_parts_are_chosen_by_name() -> None:
    assert options(["--only", "acks", "--only", "history"]).only == ["acks", "history"]
