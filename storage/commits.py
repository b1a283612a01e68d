"""The one writer: works that come in while it commits are committed together next, so that a burst costs few fsyncs.

Each work has a savepoint of its own: one that raises takes back only what it did. Nobody is answered before the commit
that holds their work is durable.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine

from storage.works import Job, Queue, Work, answer, is_away, is_held


class Writer:
    """Runs works in its one thread. `begin` is run first in every transaction."""

    def __init__(self, engine: Engine, begin: Callable[[Connection], None]) -> None:
        self._engine, self._begin = engine, begin
        self._thread = ThreadPoolExecutor(1, "db-writer")
        self._queue = Queue()

    async def write(self, work: Work) -> Any:
        """The work's result, once it is durable; raises what the work raised, or what the database did."""
        job = Job(work, asyncio.get_running_loop().create_future())
        if self._queue.put(job):
            self._thread.submit(self._drain)
        return await asyncio.shield(job.waiting)

    def close(self) -> None:
        """Finish what was asked for."""
        self._thread.shutdown()

    def _drain(self) -> None:
        while jobs := self._queue.take():
            self._run(jobs)
            answer(jobs)

    def _run(self, jobs: Sequence[Job]) -> None:
        waiting = list(jobs)
        while waiting:
            begun = False
            try:
                with self._engine.begin() as connection:
                    self._begin(connection)
                    begun = True
                    for job in waiting:
                        _try(connection, job)
                return
            except BaseException as error:  # noqa: BLE001 - whatever it is, nothing was saved, and each has to hear it
                waiting = waiting if is_held(error) and not begun else _fail(waiting, error)
                if is_held(error):
                    waiting = self._patient(waiting, error)

    def _patient(self, jobs: Sequence[Job], error: BaseException) -> list[Job]:
        """Those that go on waiting for another process to let go; the others hear at once that nothing was saved."""
        late = [*(job for job in jobs if job.overdue), *self._queue.overdue()]
        _fail(late, error)
        answer(late)
        return [job for job in jobs if job not in late]


def _fail(jobs: Sequence[Job], error: BaseException) -> list[Job]:
    for job in jobs:
        job.result, job.error = None, error
    return []


def _try(connection: Connection, job: Job) -> None:
    connection.exec_driver_sql("SAVEPOINT work")
    try:
        job.result = job.run(connection)
    except Exception as error:
        if is_away(error):
            raise
        # It is the asker's, who gets it.
        job.error = error
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT work")
    connection.exec_driver_sql("RELEASE SAVEPOINT work")
