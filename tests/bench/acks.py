"""How long an ack takes beside a Bolt app that only acks: the same deliveries, in turn, in the same run."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Ack
from sandbox.slack.channels import Message
from tests.bench.cards import Ledger
from tests.bench.figures import Figure, percentile
from tests.bench.operations import Operations, listing, toggling
from tests.bench.world import World, bot, world

AT_ONCE = 20
PAUSE = 0.02
"""Seconds between two deliveries that come one after another: what follows an ack does not weigh on the next."""
LOOKING, COMMITTING = 1.5, 2.5
"""Targets: the p99 of an ack that changes nothing, and of one that commits, as multiples of the bare app's."""


@dataclass(frozen=True)
class Sizes:
    """Deliveries to each side: one after another, and in rounds of AT_ONCE."""

    sequential: int
    rounds: int


async def measure(directory: Path, sizes: Sizes) -> list[Figure]:
    """Both kinds of ack, one after another and AT_ONCE at once."""
    async with world(directory / "real") as real, world(directory / "bare") as bare, bot(real):
        yardstick, _ = await bare.connect(sys.executable, str(Path(__file__).with_name("bare.py")), name="bare")
        try:
            return await _measure(real, bare, sizes)
        finally:
            await yardstick.stop()


async def _measure(real: World, bare: World, sizes: Sizes) -> list[Figure]:
    drawn = [(await real.declare())[1] for _ in range(2)]
    await Ledger(real.database).settle()
    cards = [real.slack.message(card.channel, card.ts) for card in drawn]
    copies = [await _copied(bare, number, card) for number, card in enumerate(cards)]
    looks = listing(real), listing(bare)
    clicks = toggling(real, cards), toggling(bare, copies)
    figures: list[Figure] = []
    for name, pair, limit in (("/incident list", looks, LOOKING), ("a click that commits", clicks, COMMITTING)):
        await _one_by_one(pair, 10)
        figures += _compared(f"ack of {name}", await _one_by_one(pair, sizes.sequential), limit)
        figures += _compared(f"ack of {name}, {AT_ONCE} at once", await _side_by_side(pair, sizes.rounds), limit)
    return figures


async def _copied(bare: World, number: int, card: Message) -> Message:
    """The same card in the other workspace, posted by its app."""
    made = await bare.slack.create_channel("alice", f"copy-{number}")
    await bare.slack.invite("alice", made.id, bare.slack.bot_user_id)
    client = AsyncWebClient(bare.slack.bot_token, base_url=f"{bare.url}/api/")
    blocks: Any = card.blocks
    posted: Any = await client.chat_postMessage(channel=made.id, text=card.text, blocks=blocks)
    return bare.slack.message(made.id, posted["ts"])


async def _one_by_one(pair: tuple[Operations, Operations], count: int) -> tuple[list[float], list[float]]:
    real: list[float] = []
    bare: list[float] = []
    for _ in range(count):
        for operations, taken in zip(pair, (real, bare), strict=True):
            taken.append(_milliseconds(await next(operations)()))
            await asyncio.sleep(PAUSE)
    return real, bare


async def _side_by_side(pair: tuple[Operations, Operations], rounds: int) -> tuple[list[float], list[float]]:
    real: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        for operations, taken in zip(pair, (real, bare), strict=True):
            batch = [next(operations) for _ in range(AT_ONCE)]
            taken += [_milliseconds(ack) for ack in await asyncio.gather(*(operation() for operation in batch))]
            await asyncio.sleep(PAUSE * 5)
    return real, bare


def _milliseconds(ack: Ack) -> float:
    if not ack.ok:
        raise RuntimeError(f"not acked: {ack.error}")
    return ack.ms


def _compared(what: str, pair: tuple[list[float], list[float]], limit: float) -> list[Figure]:
    """The ratio at p50 (reported) and at p99 (held against the target)."""
    (real50, bare50), (real99, bare99) = ([percentile(side, share) for side in pair] for share in (0.5, 0.99))
    middle = Figure(f"{what}, p50", real50 / bare50, "×", None, _beside(real50, bare50))
    return [middle, Figure(f"{what}, p99", real99 / bare99, "×", limit, _beside(real99, bare99))]


def _beside(real: float, bare: float) -> str:
    return f"{real:.1f} ms, bare Bolt {bare:.1f} ms"
