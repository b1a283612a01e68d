"""Many clicks at once on one card: all acked, all recorded, few edits, and the card shows what the database has."""

import asyncio
import time
from itertools import islice
from pathlib import Path

from sandbox.slack import Ack
from tests.bench.cards import Ledger, run_of, settled_on
from tests.bench.figures import Figure
from tests.bench.operations import toggling
from tests.bench.world import bot, world

ACK_LIMIT_MS = 3000
"""Slack's own limit for an ack."""
UPDATES = 10
_TRACES = """SELECT count(*) + (SELECT coalesce(sum(count), 0) FROM refused) FROM event WHERE run_id = ?
  AND kind IN ('step.ticked', 'step.unticked')"""


async def measure(directory: Path, clicks: int) -> list[Figure]:
    """`clicks` at once on the card of one P1: every item ticked and unticked in turn, by buttons drawn just so."""
    async with world(directory / "burst") as of, bot(of):
        _, drawn = await of.declare()
        ledger = Ledger(of.database)
        await ledger.settle()
        card = of.slack.message(drawn.channel, drawn.ts)
        run, edits = run_of(card), len(of.slack.calls_of("chat.update"))
        before = ledger.number(_TRACES, run)
        began = time.perf_counter()
        acks = await asyncio.gather(*(operation() for operation in islice(toggling(of, [card]), clicks)))
        seconds = time.perf_counter() - began
        await ledger.settle()
        traces = ledger.number(_TRACES, run) - before
        edits = len(of.slack.calls_of("chat.update")) - edits
        settled = sum(item.settled for item in ledger.items(run).values())
        wrong = abs(settled - settled_on(of.slack.message(card.channel, card.ts)))
    return _figures(list(acks), traces, edits, wrong, seconds)


def _figures(acks: list[Ack], traces: int, edits: int, wrong: int, seconds: float) -> list[Figure]:
    name, unacked = f"{len(acks)} clicks at once", sum(not ack.ok for ack in acks)
    rate = f"{len(acks) / seconds:.0f} clicks a second"
    return [
        Figure(f"{name}: slowest ack", max(ack.ms for ack in acks), "ms", ACK_LIMIT_MS, rate),
        Figure(f"{name}: not acked", unacked, "", 0),
        Figure(f"{name}: not recorded", len(acks) - traces, "", 0, f"{traces} events"),
        Figure(f"{name}: chat.update calls", edits, "", UPDATES),
        Figure(f"{name}: items wrong on the last card", wrong, "", 0, "card against database"),
    ]
