"""A replica's heartbeat: written to the database, and while it was heard there what the replica works on is its own.

Others take over what a replica works on when its heartbeat was not heard for STALLED. Before the replica changes
anything outside it must have been heard within FRESH, or be heard now: a process that was frozen finds out
here that it is too late. Times are of the clock that goes on while a machine sleeps.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from bot.ports import DatabaseAway
from bot.text import say
from bot.waking import Superseded

log = structlog.get_logger()

BEAT = 0.5
"""Seconds between two beats."""
FRESH = 2.0
"""Seconds after a beat during which nobody has to be asked before something is changed outside."""
STALLED = 5.0
"""Seconds without a beat after which others take over; more than FRESH by what a request needs to leave."""
PATIENCE = 4.0
"""Seconds that the database may take to say whether the replica is still known."""
_BEAT = "UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() WHERE id = %(id)s RETURNING id"


def awake_s() -> float:
    """Seconds on a clock that nobody sets and that does not stop while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Heartbeat:
    """Beats until it is stopped. When the replica is not known any more, `lost` is awaited, then it is known anew."""

    def __init__(self, app: App, lost: Callable[[], Awaitable[object]]) -> None:
        self._app, self._lost = app, lost
        self.path: Path | None = None
        self.worker: int | None = None
        self._heard_at = self._well_since = 0.0

    async def register(self) -> None:
        """Become known to the database, under a new number."""
        if self.path is None:
            descriptor, name = tempfile.mkstemp(prefix="neonops-heartbeat-")
            os.close(descriptor)
            self.path = Path(name)
        asked_at = self._say_awake()
        self.worker = await self._app.job_manager.register_worker()
        self._heard_at = self._well_since = asked_at

    def _say_awake(self) -> float:
        """Write down that this process is awake, whether or not the database hears it; returns the time."""
        now = awake_s()
        assert self.path
        with self.path.open("r+b", buffering=0) as file:
            # As long as the one before: who reads meanwhile never finds half of it.
            file.write(f"{now:<24.3f}".encode())
        return now

    def stop(self) -> None:
        """It stops: what was started ends."""
        if self.path:
            self.path.unlink(missing_ok=True)

    @property
    def well_s(self) -> float:
        """Seconds since which it is heard without a break: who was away itself judges nobody."""
        return awake_s() - self._well_since if self._fresh() else 0.0

    def _fresh(self) -> bool:
        return awake_s() - self._heard_at < FRESH

    async def hold(self) -> None:
        """Return when what this replica works on is its own; see `bot.waking.Lease`."""
        # Again: between a beat and its answer, too, a process can be frozen.
        while self.worker is None or not self._fresh():
            try:
                async with asyncio.timeout(PATIENCE):
                    known = self.worker is not None and await self._beat()
            except (ConnectorException, TimeoutError) as error:
                sentence = say("NeonOps cannot reach its database, so it does not act; this was not sent.")
                raise DatabaseAway(sentence) from error
            if not known:
                raise Superseded("another replica has taken this over")

    async def pulse_forever(self) -> None:
        """Write down that this process is awake."""
        while True:
            self._say_awake()
            await asyncio.sleep(BEAT)

    async def beat_forever(self) -> None:
        """Beat; what others have taken over is dropped."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                async with asyncio.timeout(PATIENCE):
                    known = self.worker is not None and await self._beat()
                if not known:
                    await self._start_anew()
            except (ConnectorException, TimeoutError) as error:
                log.warning("cluster.not_heard", why=type(error.__cause__ or error).__name__)

    async def _beat(self) -> bool:
        """Be heard; False when the database does not know this replica any more."""
        number, asked_at = self.worker, awake_s()
        rows = await self._app.connector.execute_query_all_async(_BEAT, id=number)
        if not rows:
            self.worker = None if self.worker == number else self.worker
            return False
        if asked_at - self._heard_at > FRESH + BEAT:
            self._well_since = asked_at
        self._heard_at = max(self._heard_at, asked_at)
        return True

    async def _start_anew(self) -> None:
        log.warning("cluster.superseded", away_s=round(awake_s() - self._heard_at, 1))
        await self._lost()
        await self.register()
