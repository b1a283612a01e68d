"""Whether what the bot keeps can be kept: really written, since a full disk still lets everything be read."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.errors import Refusal

FRESH = 1.0
"""Seconds for which an answer holds: writing costs something, and anybody inside may ask."""
_PIECE = b"\0" * 65_536


class Readiness:
    """Tries the database and the data directory, by writing."""

    def __init__(self, write: Callable[[], Awaitable[object]], directory: Path) -> None:
        """`write` writes something to the database, and raises a Refusal when that cannot be."""
        self._write, self._directory = write, directory
        self._turn = asyncio.Lock()
        self._known: dict[str, bool] = {}
        self._known_at = -FRESH

    async def look(self) -> dict[str, bool]:
        """`database`, and `disk` when nothing can be written to the data directory."""
        async with self._turn:
            if time.monotonic() - self._known_at >= FRESH:
                self._known = await self._try()
                self._known_at = time.monotonic()
            return self._known

    async def _try(self) -> dict[str, bool]:
        disk = {} if await asyncio.to_thread(can_write, self._directory) else {"disk": False}
        try:
            await self._write()
        except Refusal:
            return {"database": False, **disk}
        return {"database": True, **disk}


def can_write(directory: Path) -> bool:
    """Whether a file can be kept there now."""
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(_PIECE)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True
