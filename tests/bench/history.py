"""A long history: looking into it, exporting from it, proving it, and the memory that takes."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot.timeline import Event, digest
from tests.bench.cards import Ledger, run_of
from tests.bench.figures import Figure
from tests.bench.operations import toggling
from tests.bench.processes import NEONOPS, Ended, Process, timed
from tests.bench.world import World, bot, world

OF_INCIDENT = 10_000
"""Events of the incident that is opened, spread evenly over the whole history."""
SECONDS = 1.0
SHORT = 20_000
FLAT = 1.2
"""Most memory with a long history, as a multiple of the most with one of SHORT events."""
TRIES = 10
_INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


async def measure(directory: Path, events: int) -> list[Figure]:
    """A history of SHORT events, and then of `events`, OF_INCIDENT of them in incident 1."""
    async with world(directory / "history") as of:
        run = await _begin(of)
        every = max(1, events // OF_INCIDENT)
        write_history(of.database, SHORT, run=run, every=every)
        short = await _command(of, "verify", "timeline", "verify")
        write_history(of.database, events, run=run, every=every)
        looks = await _look(of, events)
        export = await _command(of, "export", "timeline", "export", "--incident", "1")
        proof = await _command(of, "verify", "timeline", "verify")
    exported = export.output.read_bytes().count(b"\n")
    flat = f"{proof.peak_mb:.0f} MB; over {SHORT:,} events {short.peak_mb:.0f} MB"
    return [
        *looks,
        Figure(f"export {exported:,} of {events:,} events", export.seconds, "s", SECONDS, _ended(export)),
        Figure(f"verify {events:,} events", proof.seconds, "s", None, _ended(proof)),
        Figure("peak memory of verify, long history against short", proof.peak_mb / short.peak_mb, "×", FLAT, flat),
    ]


def _ended(command: Ended) -> str:
    return f"from spawn to exit; peak {command.peak_mb:.0f} MB"


async def _command(of: World, name: str, *argv: str) -> Ended:
    return await timed([NEONOPS, *argv], of.environment(), of.directory / f"{name}.out")


async def _begin(of: World) -> int:
    """An incident, declared to the bot itself; its run."""
    async with bot(of):
        _, card = await of.declare()
        await Ledger(of.database).settle()
    return run_of(card)


async def _look(of: World, events: int) -> list[Figure]:
    """What a person asks of the incident, each several times: the slowest answer counts."""
    async with bot(of) as process:
        before = process.peak_mb()
        figures = [await _asked(of, form, events) for form in ("1 status", "1 timeline", "list")]
        figures.append(await _ticked(of, events))
        return [*figures, _grown(process, before)]


def _grown(process: Process, before: float) -> Figure:
    detail = f"{process.peak_mb():.0f} MB, at its start {before:.0f} MB"
    return Figure("peak memory of the bot, after looking against before", process.peak_mb() / before, "×", FLAT, detail)


async def _asked(of: World, form: str, events: int) -> Figure:
    acks = [await of.slack.command("alice", "devops", "/incident", form) for _ in range(TRIES)]
    if not all(ack.ok and ack.payload.get("blocks") for ack in acks):
        raise RuntimeError(f"/incident {form}: {acks[0]}")
    slowest = max(ack.ms for ack in acks) / 1000
    return Figure(f"/incident {form}, {OF_INCIDENT:,} of {events:,} events", slowest, "s", SECONDS, f"worst of {TRIES}")


async def _ticked(of: World, events: int) -> Figure:
    """A click on the incident's card."""
    channel = next(channel for channel in of.slack.channels() if channel.name.startswith("incident-2"))
    operations = toggling(of, [of.slack.messages(channel.id)[0]])
    acks = [await next(operations)() for _ in range(TRIES)]
    slowest = max(ack.ms for ack in acks) / 1000
    return Figure(f"a tick in it, {events:,} events", slowest, "s", SECONDS, f"worst of {TRIES}")


def write_history(database: Path, count: int, *, run: int, every: int) -> None:
    """Append events to the chain of a database that nobody has open, until it has `count`; each `every`th is the run's.

    They are written straight into the table, as the product's own digest and its verifier want them.
    """
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")
        seq, head = connection.execute("SELECT seq, hash FROM chain_head").fetchone()
        (last,) = connection.execute("SELECT at FROM event WHERE seq = ?", (seq,)).fetchone()
        begin = Event(seq, datetime.fromisoformat(last + "+00:00"), "", "", "", hash=head)
        connection.executemany(_INSERT, map(_row, _events(begin, count, run=run, every=every)))
        end = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        connection.execute("UPDATE chain_head SET seq = ?, hash = ?", end)
        connection.commit()


def _events(last: Event, count: int, *, run: int, every: int) -> Iterator[Event]:
    while last.seq < count:
        seq = last.seq + 1
        said = {"step": "scope", "text": "Determine scope and impact", "reason": None}
        of = run if seq % every == 0 else None
        event = Event(seq, last.at + timedelta(milliseconds=7), "step.ticked", "U01ALICE", "Alice", of, said, last.hash)
        last = Event(**{**vars(event), "hash": digest(event)})
        yield last


def _row(event: Event) -> tuple[object, ...]:
    at = event.at.strftime("%Y-%m-%d %H:%M:%S.%f")
    return (event.seq, at, event.kind, event.actor, event.actor_name, event.run_id, json.dumps(event.data),
            event.previous, event.hash)  # fmt: skip
