"""Keeps the status page: drawn anew at each change, answered from memory, and copied to the disk."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import structlog

from bot.domain.transactions import Transactions
from bot.machine.clock import Clock
from bot.ports import DatabaseAway
from bot.status.look import read_page
from bot.status.page import Page
from bot.status.publish import WAKE
from bot.waking import Waker
from handlers.web.status.files import File, files_of, write_copy

log = structlog.get_logger()

OLDEST_S = 30.0
"""Seconds after which it is read anew without a change: windows open and close, and days pass."""


class StatusKeeper:
    """The page as it was read last. A database that does not answer leaves what it said before."""

    def __init__(self, transactions: Transactions, clock: Clock, url: str, folder: Path | None) -> None:
        self._transactions, self._clock, self._url, self._folder = transactions, clock, url.rstrip("/"), folder
        self._page: Page | None = None
        self._files: Mapping[str, File] = {}
        self._read_at = float("-inf")
        self._stale = False
        self._drawing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def join(self, waker: Waker) -> None:
        """Draw it anew when a commit says that it changed."""
        waker.tell(WAKE, lambda _: self._soon())

    def _soon(self) -> None:
        task = asyncio.create_task(self.draw(), name="status")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def files(self) -> Mapping[str, File]:
        """The files to answer with; empty when the database has not answered since the start."""
        await self.sweep()
        return self._files

    async def sweep(self) -> None:
        """Draw it anew when that was long ago."""
        if self._clock.now().timestamp() - self._read_at >= OLDEST_S:
            await self.draw()

    async def draw(self) -> None:
        """Read the page, and draw and copy what is different."""
        async with self._drawing:
            page, stale = self._page, False
            try:
                page = await self._transactions.look(read_page)
            except DatabaseAway as away:
                log.warning("status.stale", why=away.sentence)
                stale = True
            except Exception:
                log.exception("status.defect")
                stale = True
            self._read_at = self._clock.now().timestamp()
            if page is not None and (page, stale) != (self._page, self._stale):
                await asyncio.to_thread(self._keep, page, stale)

    def _keep(self, page: Page, stale: bool) -> None:
        self._files = files_of(page, self._url, stale=stale)
        self._page, self._stale = page, stale
        if self._folder:
            try:
                write_copy(self._files, self._folder)
            except OSError as error:
                log.error("status.not_copied", folder=str(self._folder), why=error.strerror)

    async def stop(self) -> None:
        """Let what is being drawn end."""
        for task in list(self._tasks):
            with suppress(asyncio.CancelledError):
                await task
