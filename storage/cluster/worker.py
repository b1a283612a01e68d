"""Taking jobs from the queue, and working on their keys."""

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from psycopg.errors import RaiseException

from bot.machine.workers import Workers
from bot.waking import Key
from storage.cluster import jobs
from storage.cluster.heartbeat import Heartbeat

log = structlog.get_logger()

AT_ONCE = 200
"""Keys that one replica works on at once."""
LOOK_EVERY = 1.0
"""Seconds between two looks for jobs whose notification was lost, and for replicas that have gone silent."""
AGAIN_AFTER = 0.5
"""Seconds after which something is tried again that the database did not answer."""


class Taking:
    """The jobs of one replica. `new` is set when there may be some, `taken` are those that are worked on."""

    def __init__(self, app: App, heartbeat: Heartbeat, served: Mapping[str, tuple[Workers[Any], Key]]) -> None:
        self._app, self._heartbeat, self._served = app, heartbeat, served
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.new = asyncio.Event()
        self.taken: set[int] = set()
        self.at_work: set[asyncio.Task[None]] = set()

    async def take_forever(self) -> None:
        """Take one job after another, as long as there are slots."""
        while True:
            self.new.clear()
            await self._slots.acquire()
            job = await self._calmly(self._take())
            if job is not None:
                self.begin(self.work(job))
                continue
            self._slots.release()
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self.new.wait()
            except TimeoutError:
                continue

    async def _take(self) -> Job | None:
        worker = self._heartbeat.worker
        if worker is None:
            return None
        return await self._app.job_manager.fetch_job([jobs.QUEUE], worker)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside the rest."""
        task = asyncio.create_task(work)
        self.at_work.add(task)
        task.add_done_callback(self.at_work.discard)

    async def work(self, job: Job) -> None:
        """Work on a job's key until there is nothing to do; what is cut short stays, for others to take over."""
        assert job.id
        self.taken.add(job.id)
        try:
            if job.worker_id != self._heartbeat.worker:
                # It was taken over between being given and being begun.
                return
            served = self._served.get(job.task_name)
            # A kind that only a newer replica knows is left to it: its sweep asks for the key again.
            if served is None or await served[0].work_on(served[1](str(job.task_kwargs["key"]))):
                await self._end(job)
        finally:
            self.taken.discard(job.id)
            self._slots.release()
            self.new.set()

    async def _end(self, job: Job) -> None:
        while not await self._ended(job):  # noqa: ASYNC110 - the database is asked, which sets no event
            await asyncio.sleep(AGAIN_AFTER)

    async def _ended(self, job: Job) -> bool:
        """Whether the job is gone: ended now, or taken over by others before."""
        try:
            await self._app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        except ConnectorException as error:
            return isinstance(error.__cause__, RaiseException)
        return True

    async def _calmly(self, asked: Awaitable[Any]) -> Any:
        """What the database answers; None, a little later, when it does not."""
        try:
            return await asked
        except ConnectorException as error:
            log.warning("cluster.database_away", why=type(error.__cause__ or error).__name__)
            await asyncio.sleep(AGAIN_AFTER)
            return None
