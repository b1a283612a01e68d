"""Two replicas on one PostgreSQL in the practice world: killed, frozen, thawed; and how long a take-over takes."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from crash_bot import BotProcess
from crash_world import RUNBOOK, CrashWorld, LightSandbox

from handlers.slack.manifest import manifest
from sandbox.neonpro.database.postgres import Postgres
from sandbox.slack import Limits

TAKEN_OVER_WITHIN = 10.0
"""Seconds in which the work of a replica that is gone has to be taken over."""


class Replica(BotProcess):
    """A replica as a process: it can be frozen and thawed, too."""

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


class ClusterWorld(CrashWorld):
    """The world of two replicas; `bot` is the first of them."""

    def __init__(self, sandbox: LightSandbox, directory: Path, postgres: Postgres, **more: str) -> None:
        shared = {"NEONOPS_DATABASE_URL": postgres.dsn("postgres"), "NEONOPS_CLUSTER": "true"}
        super().__init__(sandbox, directory, **shared, **more)
        environment = sandbox.environment() | {"NEONOPS_RUNBOOK": str(RUNBOOK)} | shared | more
        self.replicas = [Replica(environment, directory / f"replica-{name}") for name in "ab"]
        self.bot = self.replicas[0]

    async def both_connected(self) -> None:
        await self.slack.wait_for(lambda: self.slack.connections == len(self.replicas))

    async def known(self) -> list[tuple[int, int]]:
        """The replicas that the database knows: number, and keys that each works on."""
        query = (
            "SELECT w.id, count(j.id) FROM neonops_jobs.procrastinate_workers w"
            " LEFT JOIN neonops_jobs.procrastinate_jobs j ON j.worker_id = w.id AND j.status = 'doing'"
            " GROUP BY w.id ORDER BY w.id"
        )
        await self.read(lambda tx: None)
        assert self._database
        return await self._database.look(lambda c: [(row[0], row[1]) for row in c.exec_driver_sql(query)])

    async def until_known(self, count: int) -> float:
        """Wait until the database knows so many replicas; the seconds that it took."""
        began = time.monotonic()
        while len(await self.known()) != count:
            assert time.monotonic() - began < 3 * TAKEN_OVER_WITHIN, f"{count} replicas: {await self.known()}"
            await asyncio.sleep(0.03)
        return time.monotonic() - began

    async def forget_queue(self) -> None:
        """Delete all that Procrastinate knows."""
        await self.read(lambda tx: None)
        assert self._database
        for table in ("procrastinate_jobs", "procrastinate_workers"):
            query = f"DELETE FROM neonops_jobs.{table}"
            await self._database.change(lambda connection, query=query: connection.exec_driver_sql(query))

    async def kill(self) -> None:
        for replica in self.replicas:
            await replica.kill()

    def logs(self) -> str:
        return "\n".join(f"--- {each.directory.name}\n{each.log()[-3000:]}" for each in self.replicas)


@asynccontextmanager
async def cluster_world(directory: Path, **more: str) -> AsyncIterator[ClusterWorld]:
    """Two replicas that have connected."""
    postgres = Postgres(directory / "postgres")
    await asyncio.to_thread(postgres.start)
    sandbox = LightSandbox(directory / "sandbox", manifest(), limits=Limits(rates=False), speed=20)
    await sandbox.start()
    world = ClusterWorld(sandbox, directory, postgres, **more)
    try:
        for replica in world.replicas:
            replica.start()
        await world.both_connected()
        yield world
    finally:
        await world.kill()
        world.close()
        await sandbox.stop()
        await asyncio.to_thread(postgres.remove)
