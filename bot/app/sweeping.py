"""Sweeps: what a crash or a lost wake left is looked for again and again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import Refusal

log = structlog.get_logger()

SWEEP_EVERY = 5.0
"""Seconds between two sweeps for what a crash or a lost wake left."""


async def sweep_forever(*sweeps: Callable[[], Awaitable[object]]) -> None:
    """Look for what a crash or a lost wake left: each kind by itself, so that a defect in one stops no other."""
    while True:
        for sweep in sweeps:
            try:
                await sweep()
            except Refusal as refusal:
                log.warning("sweep.postponed", why=refusal.sentence)
            except Exception:
                log.exception("sweep.defect")
        await asyncio.sleep(SWEEP_EVERY)
