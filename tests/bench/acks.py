"""How long an ack takes beside a Bolt app that only acks: the same deliveries, in turn, in the same run."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.slack import Ack
from sandbox.slack.channels import Message
from tests.bench.cards import Item, Ledger, as_drawn, items_of
from tests.bench.figures import Figure, percentile
from tests.bench.world import World, bot, world

AT_ONCE = 20
LOOKING, COMMITTING = 1.5, 2.5
"""Targets: the p99 of an ack that changes nothing, and of one that commits, as multiples of the bare app's."""

Deed = Callable[[], Awaitable[Ack]]


@dataclass(frozen=True)
class Sizes:
    """Deliveries to each side: one after another, and in rounds of AT_ONCE."""

    sequential: int
    rounds: int


async def measure(directory: Path, sizes: Sizes) -> list[Figure]:
    """Both kinds of ack, one after another and AT_ONCE at once."""
    async with world(directory / "real") as real, world(directory / "bare") as bare, bot(real):
        yardstick, _ = await bare.connect(sys.executable, "-m", "tests.bench.bare", name="bare")
        try:
            return await _measure(real, bare, sizes)
        finally:
            await yardstick.stop()


async def _measure(real: World, bare: World, sizes: Sizes) -> list[Figure]:
    cards = [(await real.declare())[1] for _ in range(2)]
    await Ledger(real.database).settle()
    cards = [real.slack.message(card.channel, card.ts) for card in cards]
    copies = [await _copied(bare, card) for card in cards]
    looks = _looks(real), _looks(bare)
    clicks = _clicks(real, cards), _clicks(bare, copies)
    figures: list[Figure] = []
    for name, pair, limit in (("/incident list", looks, LOOKING), ("a click that commits", clicks, COMMITTING)):
        figures += _compared(name, await _one_by_one(pair, sizes.sequential), limit)
        figures += _compared(f"{name}, {AT_ONCE} at once", await _side_by_side(pair, sizes.rounds), limit)
    return figures


async def _copied(bare: World, card: Message) -> Message:
    """The same card in the other workspace, posted by its app."""
    made = await bare.slack.create_channel("alice", f"copy-{card.channel.lower()}")
    return bare.slack.post_as_app(made.id, card)  # type: ignore[attr-defined]
