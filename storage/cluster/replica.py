"""The waker of replicas that share one PostgreSQL: each takes keys from the queue, works on them, watches the others.

Procrastinate's tables, its way to take a job and its notifications carry the wakes; its worker is not used. That one
ends when its connection breaks, waits for work that takes an hour before it takes new work, and ends jobs that have
meanwhile been given to somebody else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection
from psycopg import Error as PsycopgError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import Refusal
from bot.machine.workers import Workers
from bot.ports import Wake
from bot.text import say
from bot.waking import Key
from storage.cluster import jobs
from storage.cluster.heartbeat import PATIENCE, STALLED, Heartbeat
from storage.cluster.listener import CONNECTION, Listener
from storage.cluster.schema import lay, refusal
from storage.cluster.worker import AGAIN_AFTER, LOOK_EVERY, Taking
from storage.database import SqlDatabase, parse_url

log = structlog.get_logger()


class Cluster:
    """One replica; `bot.waking.Waker`."""

    def __init__(self, url: str, database: SqlDatabase) -> None:
        self._database = database
        dsn = parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._app = App(connector=_connector(dsn))
        self._heartbeat = Heartbeat(self._app, self._drop)
        self._listener = Listener(dsn, self._anything, self._told)
        self._served: dict[str, tuple[Workers[Any], Key]] = {}
        self._listeners: dict[str, Callable[[str], object]] = {}
        self._wanted: dict[Wake, None] = {}
        self._taking, self._resting = Taking(self._app, self._heartbeat, self._served), False
        self._loops: list[asyncio.Task[None]] = []
        self._stray: set[int] = set()
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        database.in_commit(self._write_down)

    @property
    def heartbeat(self) -> Path | None:
        """See `bot.waking.Lease`."""
        return self._heartbeat.path

    def serve(self, kind: str, workers: Workers[Any], key: Key) -> None:
        workers.keep_context()
        self._served[kind] = workers, key
        workers.ask = lambda one: self._want(Wake(kind, str(one)))

    def tell(self, kind: str, listener: Callable[[str], object]) -> None:
        self._listeners[kind] = listener

    async def hold(self) -> None:
        # Before the start nothing is worked on: only who the bot is is asked then.
        if self._loops:
            await self._heartbeat.hold()

    def hear(self, wakes: Iterable[Wake]) -> None:
        """Somebody's commit named these: who works on such a key here looks at once, the rest are jobs."""
        for wake in wakes:
            if wake.kind in self._served:
                workers, key = self._served[wake.kind]
                workers.hear(key(wake.key))
            elif wake.kind in self._listeners:
                self._listeners[wake.kind](wake.key)

    def _told(self, wakes: Iterable[Wake]) -> None:
        """Another replica's commit named these, or there is a new job."""
        self._taking.new.set()
        self.hear(wakes)

    def _anything(self) -> None:
        """What was said before, or while nobody listened here, is not known: everything may have changed."""
        self._taking.new.set()
        for listener in self._listeners.values():
            listener("")

    def _write_down(self, connection: Connection, wakes: Iterable[Wake]) -> None:
        """In the transaction that names them."""
        wakes = tuple(wakes)
        if work := [wake for wake in wakes if wake.kind in self._served]:
            jobs.ask(connection, work)
        jobs.tell(connection, wakes, self._listener.origin)

    def _want(self, wake: Wake) -> None:
        """Have a job for a key that a sweep or a back-off found; many are written down together."""
        if not self._wanted and not self._resting:
            self._taking.begin(self._ask_for_wanted())
        self._wanted[wake] = None

    async def _ask_for_wanted(self) -> None:
        await asyncio.sleep(0)
        wanted, self._wanted = tuple(self._wanted), {}

        def ask(connection: Connection) -> None:
            jobs.ask(connection, wanted, missing=True)

        try:
            await self._database.change(ask)
        except Refusal as refusal:
            log.warning("cluster.wakes_postponed", why=refusal.sentence)
        self._taking.new.set()

    async def start(self) -> None:
        """Lay the queue's tables when they are not there, become known, and take work.

        Raises:
            Refusal: the database does not answer, or does not let the tables be made.
        """
        await self._lay()
        try:
            await self._app.open_async()
            await self._heartbeat.register()
        except (ConnectorException, PsycopgError) as error:
            raise Refusal(say("PostgreSQL does not answer, so this replica cannot take part.")) from error
        parts = (self._heartbeat.pulse_forever, self._heartbeat.beat_forever, *self._working_parts())
        self._loops = [asyncio.create_task(_never_ending(part), name=part.__name__) for part in parts]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listener.open.wait(), PATIENCE)

    def _working_parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return self._taking.take_forever, self._watch_forever, self._listener.listen_forever

    async def _lay(self) -> None:
        try:
            await self._database.change(lay)
        except DBAPIError as error:
            raise refusal(error) from error

    async def rest(self) -> None:
        """Take nothing new."""
        self._resting = True
        working = self._loops[-len(self._working_parts()) :]
        for loop in working:
            loop.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def stop(self) -> None:
        """Hand what was not finished to the others, and be known no more."""
        await self.rest()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, *self._taking.at_work, return_exceptions=True)
        if self._heartbeat.worker is not None:
            try:
                await self._take_over(mine=self._heartbeat.worker)
            except Refusal as refusal:
                log.warning("cluster.not_handed_over", why=refusal.sentence)
        self._heartbeat.stop()
        await self._app.close_async()

    async def _drop(self) -> None:
        """Others have taken over what is worked on here: end it, whatever it is."""
        for workers, _ in self._served.values():
            await workers.drop()

    async def _watch_forever(self) -> None:
        """Take over from replicas that have gone silent, and what was taken here without knowing."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._heartbeat.well_s >= STALLED:
                try:
                    await self._look_around()
                except Refusal as refusal:
                    log.warning("cluster.watch_postponed", why=refusal.sentence)

    async def _look_around(self) -> None:
        silent = await self._database.look(partial(jobs.silent, seconds=STALLED))
        worker, seen = self._heartbeat.worker, self._stray
        if worker is not None:
            self._stray = await self._database.look(partial(jobs.strays, worker=worker, known=self._taking.taken))
        # What was seen once may just be being taken.
        if silent or self._stray & seen:
            await self._take_over(stray=self._stray & seen)

    async def _take_over(self, *, mine: int | None = None, stray: Collection[int] = ()) -> None:
        taken = await self._database.change(partial(jobs.take_over, silent_s=STALLED, mine=mine, stray=stray))
        if taken and mine is None:
            log.warning("cluster.took_over", keys=[f"{wake.kind}:{wake.key}" for wake in taken])
        self._taking.new.set()


async def _never_ending(part: Callable[[], Awaitable[None]]) -> None:
    """A defect in one part is told and stops none: without its parts a replica would look alive and do nothing."""
    while True:
        try:
            await part()
        except Exception:
            log.exception("cluster.defect", part=part.__name__)
        await asyncio.sleep(AGAIN_AFTER)


def _connector(dsn: str) -> PsycopgConnector:
    return PsycopgConnector(
        conninfo=dsn, kwargs=CONNECTION, min_size=2, max_size=8, timeout=4, configure=_committed_at_once
    )


async def _committed_at_once(connection: AsyncConnection[Any]) -> None:
    """A replica that freezes between a statement and its commit would hold a job that nobody else could look at."""
    await connection.set_autocommit(True)
