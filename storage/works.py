"""Works that wait for a thread of the database, and how who waits for them hears what came of them."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from psycopg.errors import IdleInTransactionSessionTimeout, LockNotAvailable
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

AT_ONCE = 32
"""Works that are run together at most: what it takes to run them is what the first of them waits."""

Work = Callable[[Any], Any]


PATIENCE = 1.5
"""Seconds that a work waits for a lock of another process: who clicked has to hear of it within three."""
HELD = ("database is locked", "database table is locked")


def is_held(error: BaseException) -> bool:
    """Whether another process holds what the transaction needs: it may be let go at any moment."""
    if not isinstance(error, OperationalError):
        return False
    return isinstance(error.orig, LockNotAvailable) or str(error.orig) in HELD


def is_away(error: BaseException) -> bool:
    """Whether the database does not answer, or has ended the session: then nothing of the transaction was saved."""
    ended = isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error.orig, IdleInTransactionSessionTimeout)
    )
    return ended or isinstance(error, OperationalError | PendingRollbackError | PoolTimeout)


@dataclass(eq=False)
class Job:
    """A work, who waits for it, and what came of it."""

    work: Work
    waiting: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None
    asked_at: float = field(default_factory=time.monotonic)
    context: Context = field(default_factory=copy_context)
    """The asker's: the work says its texts to the same reader."""

    def run(self, argument: Any) -> Any:
        """Do the work, in a thread of the database."""
        return self.context.run(self.work, argument)

    @property
    def overdue(self) -> bool:
        """Whether it has waited for as long as it may."""
        return time.monotonic() - self.asked_at > PATIENCE

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


class Queue:
    """Jobs in the order in which they came."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._called = False

    def put(self, job: Job) -> bool:
        """Add a job; whether a thread has to be called for it: one that was called before takes it along."""
        with self._lock:
            self._jobs.append(job)
            call, self._called = not self._called, True
            return call

    def take(self) -> list[Job]:
        """The next jobs, up to AT_ONCE; to be asked again until there is none."""
        with self._lock:
            self._called = False
            return [self._jobs.popleft() for _ in range(min(len(self._jobs), AT_ONCE))]

    def overdue(self) -> list[Job]:
        """Take out those that have waited for as long as they may."""
        with self._lock:
            late = [job for job in self._jobs if job.overdue]
            self._jobs = deque(job for job in self._jobs if job not in late)
            return late


def answer(jobs: Iterable[Job]) -> None:
    """Tell who waits for these jobs, each on their own event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.waiting.get_loop(), []).append(job)
    for loop, theirs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer_all, theirs)


def _answer_all(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.answer()
