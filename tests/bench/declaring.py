"""From `/incident p1` to a channel with the live checklist, when each call of Slack takes 100 ms."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.slack.call_log import Call
from tests.bench.cards import Ledger
from tests.bench.figures import Figure, percentile
from tests.bench.world import World, bot, world

LATENCY_MS = 100
CALLS, OWN_MS = 2, 50
"""Targets: sequential calls on the way to the first card, and milliseconds of our own on top of them."""


@dataclass(frozen=True)
class Way:
    """One declaration: from the command's sending to the card's standing, and the calls that followed one another."""

    ms: float
    calls: tuple[str, ...]

    @property
    def own_ms(self) -> float:
        """What is not Slack's own time; the way to the stand-in and back is in it."""
        return self.ms - len(self.calls) * LATENCY_MS


async def measure(directory: Path, incidents: int) -> list[Figure]:
    """Declare some incidents, each when the one before has come to rest. (Slack tolerates ten channels at once.)"""
    async with world(directory / "declaring") as of, bot(of):
        ledger = Ledger(of.database)
        await of.declare("p3 Warming up")
        await ledger.settle()
        of.slack.faults.latency_ms = LATENCY_MS
        ways: list[Way] = []
        for _ in range(incidents):
            ways.append(await _declared(of))
            await ledger.settle(60)
        of.slack.faults.latency_ms = 0
    own = [way.own_ms for way in ways]
    name = f"/incident p1 to its checklist at {LATENCY_MS} ms a call"
    longest = max(ways, key=lambda way: len(way.calls)).calls
    worst = f"p50 of {len(ways)}; worst {max(own):.0f} ms"
    return [
        Figure(f"{name}: sequential calls", len(longest), "", CALLS, ", ".join(longest)),
        Figure(f"{name}: our own time", percentile(own, 0.5), "ms", OWN_MS, worst),
    ]


async def _declared(of: World) -> Way:
    earlier, at, began = len(of.slack.calls), time.time(), time.perf_counter()
    channel, _ = await of.declare()
    ms = (time.perf_counter() - began) * 1000
    calls = [call for call in of.slack.calls[earlier:] if call.at >= at]
    return Way(ms, chain(calls, channel.id))


def chain(calls: Sequence[Call], channel: str) -> tuple[str, ...]:
    """The longest row of calls, one begun after another's end, that leads to the first message in the channel."""
    posted = next(call for call in calls if call.method == "chat.postMessage" and call.args.get("channel") == channel)
    row = [posted]
    while earlier := [call for call in calls if call.at + LATENCY_MS / 1000 <= row[0].at]:
        row.insert(0, max(earlier, key=lambda call: call.at))
    return tuple(call.method for call in row)
