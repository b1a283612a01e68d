"""The one writer: works that come in while it commits are committed together next, so that a burst costs few fsyncs.

Each work has a savepoint of its own: one that raises takes back only what it did. Nobody is answered before the commit
that holds their work is durable.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AT_ONCE = 32
"""Works in one commit at most: what it takes to run them is what the first of them waits."""

Work = Callable[[Connection], Any]


def is_away(error: BaseException) -> bool:
    """Whether the database does not answer, or has ended the session: then nothing of the transaction was saved."""
    ended = isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error.orig, IdleInTransactionSessionTimeout)
    )
    return ended or isinstance(error, OperationalError | PendingRollbackError | PoolTimeout)


@dataclass
class Job:
    """A work, who waits for it, and what came of it."""

    work: Work
    waiting: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = field(default=None)

    def answer(self) -> None:
        """Tell who waits; called on their event loop."""
        if self.waiting.done():
            return
        if self.error is not None:
            self.waiting.set_exception(self.error)
            # Whoever waited may have been cancelled: then nobody misses it.
            self.waiting.exception()
        else:
            self.waiting.set_result(self.result)


class Writer:
    """Runs works in its one thread. `begin` is run first in every transaction."""

    def __init__(self, engine: Engine, begin: Callable[[Connection], None]) -> None:
        self._engine, self._begin = engine, begin
        self._thread = ThreadPoolExecutor(1, "db-writer")
        self._queue: deque[Job] = deque()
        self._lock = threading.Lock()
        self._draining = False

    async def write(self, work: Work) -> Any:
        """The work's result, once it is durable; raises what the work raised, or what the database did."""
        job = Job(work, asyncio.get_running_loop().create_future())
        with self._lock:
            self._queue.append(job)
            idle, self._draining = not self._draining, True
        if idle:
            self._thread.submit(self._drain)
        return await asyncio.shield(job.waiting)

    def close(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown()

    def _drain(self) -> None:
        while jobs := self._next():
            self._run(jobs)
            for loop in {job.waiting.get_loop() for job in jobs}:
                _answer_on(loop, [job for job in jobs if job.waiting.get_loop() is loop])

    def _next(self) -> list[Job]:
        with self._lock:
            jobs = [self._queue.popleft() for _ in range(min(len(self._queue), AT_ONCE))]
            self._draining = bool(jobs)
            return jobs

    def _run(self, jobs: Sequence[Job]) -> None:
        try:
            with self._engine.begin() as connection:
                self._begin(connection)
                for job in jobs:
                    _try(connection, job)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nothing was saved, and each has to hear it
            for job in jobs:
                job.result, job.error = None, error


def _try(connection: Connection, job: Job) -> None:
    try:
        with connection.begin_nested():
            job.result = job.work(connection)
    except Exception as error:
        if is_away(error):
            raise
        # It is the asker's, who gets it.
        job.error = error


def _answer_on(loop: asyncio.AbstractEventLoop, jobs: Iterable[Job]) -> None:
    def answer() -> None:
        for job in jobs:
            job.answer()

    if not loop.is_closed():
        loop.call_soon_threadsafe(answer)
