"""How long the work of a replica lies still when it is killed or frozen, until another one goes on with it."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from sandbox.neonpro.database.postgres import Postgres
from tests.bench.figures import Figure, percentile
from tests.bench.processes import NEONOPS, Process
from tests.bench.world import START_LIMIT, World, world

TARGET = 10.0
RUNBOOK = """
schema: 1
name: bench
title: Bench
timezone: UTC
permissions: {respond: [devops], approve: [devops], deploy: [devops], rollback: [devops]}
services: [{id: web, title: Web, url: "http://127.0.0.1:9"}]
severities: [{id: p1, title: P1, impact: All, response: 15m, procedure: incident, rank: 1, invite: [devops]}]
procedures:
  - id: incident
    kind: incident
    title: Incident
    phases:
      - id: first
        title: First
        steps:
          - {id: channel, kind: channel.create, text: Open the channel}
          - {id: long, kind: shell, text: Goes on, idempotent: true, timeout: 60m, idle_timeout: 60m,
             run: [[sleep, "3500"]]}
"""


class Replicas:
    """Two replicas on one PostgreSQL, and who of them drives run 1."""

    def __init__(self, of: World, dsn: str) -> None:
        self._of, self._dsn = of, dsn
        self._processes: dict[int, Process] = {}

    async def start(self, name: str) -> None:
        """Start a replica, and learn under which number the database knows it."""
        env = self._of.environment()
        process = await Process.start(NEONOPS, "run", env=env, directory=self._of.directory, name=name)
        await self._learn(process)

    async def _learn(self, process: Process) -> None:
        number = await self._asked(lambda: self._strangers(), process)
        self._processes[number] = process

    def _strangers(self) -> int | None:
        """The number of a replica that is not known here yet; who is not in the table any more is forgotten."""
        try:
            known = {row[0] for row in self._rows("SELECT id FROM neonops_jobs.procrastinate_workers")}
        except psycopg.errors.UndefinedTable:
            return None
        return next(iter(known - set(self._processes)), None)

    async def driver(self) -> int:
        """Who drives run 1."""
        return await self._asked(self._driving)

    def _driving(self) -> int | None:
        query = "SELECT worker_id FROM neonops_jobs.procrastinate_jobs WHERE lock = 'run:1' AND status = 'doing'"
        return next((row[0] for row in self._rows(query)), None)

    def _token(self) -> int:
        return int(self._rows("SELECT token FROM run WHERE id = 1")[0][0])

    def _rows(self, query: str) -> list[tuple[int, ...]]:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            return list(connection.execute(query))

    async def _asked(self, question: Callable[[], int | None], process: Process | None = None) -> int:
        """The first answer that is not None."""
        async with asyncio.timeout(START_LIMIT):
            while (answer := await asyncio.to_thread(question)) is None:  # noqa: ASYNC110 - the database sets no event
                await asyncio.sleep(0.02)
        assert isinstance(answer, int), process and process.last_words()
        return answer

    async def blow(self, number: signal.Signals) -> float:
        """Hit who drives the run; seconds until the other has taken it, when the one that was hit is back again."""
        victim = await self.driver()
        process, token = self._processes.pop(victim), await asyncio.to_thread(self._token)
        began = time.perf_counter()
        process.send(number)
        await self._asked(lambda: True if self._token() > token else None)
        seconds = time.perf_counter() - began
        if number is signal.SIGKILL:
            await process.stop()
            await self.start(process.log.stem)
        else:
            self._processes |= {victim: process}
            process.send(signal.SIGCONT)
            await self._learn(process)
            del self._processes[victim]
        return seconds

    async def stop(self) -> None:
        for process in self._processes.values():
            process.send(signal.SIGCONT)
            await process.stop()


@asynccontextmanager
async def replicas(directory: Path) -> AsyncIterator[Replicas]:
    """Two connected replicas; run 1 goes on for an hour."""
    postgres = Postgres(directory / "postgres")
    await asyncio.to_thread(postgres.start)
    (directory / "runbook.yml").write_text(RUNBOOK, "utf-8")
    settings = {
        "NEONOPS_CLUSTER": "true",
        "NEONOPS_DATABASE_URL": postgres.dsn("postgres"),
        "NEONOPS_RUNBOOK": str(directory / "runbook.yml"),
        "NEONOPS_WORKDIR": str(directory),
    }
    try:
        async with world(directory / "world", extra=settings) as of:
            both = Replicas(of, postgres.dsn("postgres"))
            try:
                await both.start("a")
                await both.start("b")
                await of.slack.wait_for(lambda: of.slack.connections == 2, timeout=START_LIMIT)
                await of.declare()
                yield both
            finally:
                await both.stop()
    finally:
        await asyncio.to_thread(postgres.remove)


async def measure(directory: Path, rounds: int) -> list[Figure]:
    """`rounds` of each sort, whoever drives the run being hit."""
    async with replicas(directory) as both:
        killed = [await both.blow(signal.SIGKILL) for _ in range(rounds)]
        frozen = [await both.blow(signal.SIGSTOP) for _ in range(rounds)]
    return [*_figures("kill -9", killed), *_figures("a freeze", frozen)]


def _figures(what: str, seconds: list[float]) -> list[Figure]:
    detail = f"two replicas, {len(seconds)} times, {os.cpu_count()} cores"
    name = f"work taken over after {what}"
    return [
        Figure(f"{name}, median", percentile(seconds, 0.5), "s", TARGET, detail),
        Figure(f"{name}, worst", max(seconds), "s", TARGET, detail),
    ]
