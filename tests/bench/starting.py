"""How long a start takes until Slack can reach the bot, and how much memory it holds idle and after work."""

import asyncio
import importlib.util
from itertools import islice
from pathlib import Path

from tests.bench.cards import Ledger, items_of
from tests.bench.figures import Figure, percentile
from tests.bench.operations import toggling
from tests.bench.processes import forget_files
from tests.bench.world import World, bot, world

SECONDS, MEGABYTES = 1.5, 150
PACKAGES = ("bot", "handlers", "storage", "slack_bolt", "sqlalchemy", "pydantic", "yaml", "aiohttp", "httpx", "alembic")
AT_ONCE = 20
INCIDENTS = 2
"""Incidents whose cards are clicked in turn, over and over: Slack allows no more than twenty new channels a minute."""


async def measure(directory: Path, starts: int, worth: int) -> list[Figure]:
    """`starts` of each sort; then the clicks of `worth` incidents, each with every item ticked once."""
    warm, cold, first = [], [], []
    for number in range(starts):
        async with world(directory / f"start-{number}") as of:
            cold.append(await _seconds(of, forgotten=True))
            warm.append(await _seconds(of))
            of.extra["PYTHONPYCACHEPREFIX"] = str(of.directory / "bytecode")
            first += [await _seconds(of)] if number == 0 else []
    return [
        _start("warm start", warm, SECONDS, "database there, files in memory"),
        _start("cold start", cold, SECONDS, "new database, files not in memory"),
        _start("start without byte code", first, None, "the very first after an installation"),
        *await _memory(directory, worth),
    ]


def _start(name: str, seconds: list[float], target: float | None, detail: str) -> Figure:
    return Figure(f"{name} to connected", percentile(seconds, 0.5), "s", target, f"{detail}; p50 of {len(seconds)}")


async def _seconds(of: World, *, forgotten: bool = False) -> float:
    if forgotten:
        await asyncio.to_thread(forget_files, *_package_directories())
    process, seconds = await of.connect_bot()
    process.log.write_text("", "utf-8")
    if code := await process.stop():
        raise RuntimeError(f"the bot ended with {code}: {process.last_words()}")
    await of.slack.wait_for(lambda: of.slack.connections == 0, timeout=10)
    return seconds


def _package_directories() -> list[Path]:
    """Where the code is that a start reads."""
    specs = [importlib.util.find_spec(package) for package in PACKAGES]
    return [Path(spec.origin).parent for spec in specs if spec and spec.origin]


async def _memory(directory: Path, worth: int) -> list[Figure]:
    async with world(directory / "memory") as of, bot(of) as process:
        await asyncio.sleep(2)
        idle = process.resident_mb()
        drawn = [(await of.declare())[1] for _ in range(INCIDENTS)]
        ledger = Ledger(of.database)
        await ledger.settle()
        cards = [of.slack.message(card.channel, card.ts) for card in drawn]
        clicks = worth * len(items_of(cards[0]))
        operations = islice(toggling(of, cards), clicks)
        while batch := [operation() for operation in islice(operations, AT_ONCE)]:
            await asyncio.gather(*batch)
        await ledger.settle(60)
        resident, peak = process.resident_mb(), process.peak_mb()
    name = f"resident after {worth} incidents' clicks"
    return [
        Figure("resident memory, idle", idle, "MB", MEGABYTES),
        Figure(name, resident, "MB", MEGABYTES, f"{clicks:,} clicks; peak {peak:.0f} MB"),
    ]
