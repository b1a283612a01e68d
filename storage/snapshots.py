"""The readers beside the writer: questions that are asked at the same time share a snapshot, and what it costs."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from storage.works import Job, Queue, Work, answer, is_held

S = TypeVar("S")

THREADS = 4


class Readers(Generic[S]):
    """Run works, each on a snapshot that was taken after the work was asked for. `look` makes what they are handed."""

    def __init__(self, engine: Engine, look: Callable[[Connection], S]) -> None:
        self._engine, self._look = engine, look
        self._threads = ThreadPoolExecutor(THREADS, "db-reader")
        self._queue = Queue()

    async def read(self, work: Work) -> Any:
        """The work's result; raises what the work raised, or what the database did."""
        job = Job(work, asyncio.get_running_loop().create_future())
        if self._queue.put(job):
            self._threads.submit(self._drain)
        return await asyncio.shield(job.waiting)

    def close(self) -> None:
        """Finish what was asked for."""
        self._threads.shutdown()

    def _drain(self) -> None:
        while jobs := self._queue.take():
            while jobs:
                jobs = self._run(jobs)

    def _run(self, jobs: list[Job]) -> list[Job]:
        """Run works on one snapshot; those that are left when the database refuses something in it."""
        try:
            with self._engine.begin() as connection:
                left = _ask(self._look(connection), jobs)
            return self._patient(left, jobs[-len(left) - 1].error)
        except Exception as error:  # noqa: BLE001 - there is no snapshot: each has to hear it
            for job in jobs:
                job.error = job.error or error
            answer(jobs)
            return []

    def _patient(self, jobs: list[Job], error: BaseException | None) -> list[Job]:
        """Those that ask on; behind a lock of somebody else the others hear in time that it is held."""
        if error is None or not is_held(error):
            return jobs
        late = [*(job for job in jobs if job.overdue), *self._queue.overdue()]
        for job in late:
            job.error = error
        answer(late)
        return [job for job in jobs if job not in late]


def _ask(snapshot: S, jobs: list[Job]) -> list[Job]:
    for number, job in enumerate(jobs, 1):
        try:
            job.result = job.run(snapshot)
        except Exception as error:  # noqa: BLE001 - it is the asker's, who gets it
            job.error = error
        answer([job])
        if isinstance(job.error, DBAPIError):
            # PostgreSQL answers nothing more in this snapshot.
            return jobs[number:]
    return []
