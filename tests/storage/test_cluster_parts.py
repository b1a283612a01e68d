"""What only replicas do: laying the queue, being superseded, finding stray jobs, handing work over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from procrastinate.jobs import Job
from storage_world import NOON, Ticking, copied, raw
from test_wakers import Replica, World

from bot.errors import Refusal
from bot.waking import Superseded
from sandbox.neonpro.database.postgres import Postgres
from storage.cluster import jobs
from storage.cluster.replica import Cluster
from storage.cluster.schema import lay, lay_queue
from storage.database import SqlDatabase
from storage.migrate import upgrade


@pytest.fixture
def kind() -> str:
    """Which database; see conftest."""
    return "postgresql"


@asynccontextmanager
async def two(url: str) -> AsyncIterator[World]:
    world = World()
    world.replicas = [Replica(url, Cluster, world) for _ in range(2)]
    try:
        for replica in world.replicas:
            await replica.waker.start()
        yield world
    finally:
        world.free.set()
        for replica in world.replicas:
            await replica.stop()


async def worker_of(replica: Replica, key: str) -> int | None:
    query = f"SELECT worker_id FROM neonops_jobs.procrastinate_jobs WHERE lock = 'target:{key}' AND status = 'doing'"
    return await replica.database.look(lambda connection: connection.exec_driver_sql(query).scalar())


async def test_who_was_superseded_drops_the_work_and_takes_part_anew(url: str) -> None:
    async with two(url) as world:
        world.free.clear()
        await world.replicas[0].change("a")
        await world.until(lambda: world.busy["a"])
        holder = next(each for each in world.replicas if "a" in each.workers)
        number = await worker_of(holder, "a")
        await holder.database.change(partial(jobs.take_over, silent_s=3600, mine=number))
        await world.until(lambda: world.looks["a"] == 2 and world.busy["a"] == 1)
        assert await worker_of(holder, "a") != number
        heartbeat = holder.waker._heartbeat  # type: ignore[attr-defined]
        await world.until(lambda: heartbeat.worker not in (None, number))
        await holder.waker.hold()


async def test_who_is_not_known_any_more_may_not_act(url: str) -> None:
    async with two(url) as world:
        first: Cluster = world.replicas[0].waker  # type: ignore[assignment]
        heartbeat, refused = first._heartbeat, False
        while not refused:
            heartbeat._heard_at -= 60
            number = heartbeat.worker
            await first._database.change(partial(jobs.take_over, silent_s=3600, mine=number))
            refused = await _is_refused(first)
            assert refused or heartbeat.worker != number, "it was known anew before it asked"
        await world.until(lambda: heartbeat.worker is not None)
        await first.hold()


async def _is_refused(replica: Cluster) -> bool:
    holding = asyncio.ensure_future(replica.hold())
    try:
        await holding
    except asyncio.CancelledError as refusal:
        return isinstance(refusal, Superseded) or holding.cancelled()
    return False


async def test_a_job_that_was_given_and_not_received_is_given_again(url: str) -> None:
    async with two(url) as world:
        first: Cluster = world.replicas[0].waker  # type: ignore[assignment]
        stray = (
            "INSERT INTO neonops_jobs.procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id) VALUES"
            f" ('{jobs.QUEUE}', 'target', 'target:lost', '{{\"key\": \"lost\"}}', 'doing', {first._heartbeat.worker})"
        )
        raw(url, stray)
        await world.until(lambda: world.looks["lost"])


async def test_a_job_that_was_given_before_a_take_over_is_not_begun_after_it(url: str) -> None:
    async with two(url) as world:
        first: Cluster = world.replicas[0].waker  # type: ignore[assignment]
        late = Job(
            id=10**6, queue=jobs.QUEUE, lock="target:a", queueing_lock=None, task_name="target",
            task_kwargs={"key": "a"}, worker_id=first._heartbeat.worker,
        )  # fmt: skip
        await first._database.change(partial(jobs.take_over, silent_s=3600, mine=first._heartbeat.worker))
        await world.until(lambda: first._heartbeat.worker not in (None, late.worker_id))
        await first._taking._slots.acquire()
        await first._taking.work(late)
        assert world.looks["a"] == 0


async def test_a_job_of_a_kind_that_is_not_known_here_is_let_go(url: str) -> None:
    async with two(url) as world:
        raw(
            url,
            "INSERT INTO neonops_jobs.procrastinate_jobs (queue_name, task_name, lock, args)"
            f" VALUES ('{jobs.QUEUE}', 'newer', 'newer:1', '{{\"key\": \"1\"}}')",
        )
        await world.until(lambda: raw(url, "SELECT count(*) FROM neonops_jobs.procrastinate_jobs") == [(0,)])


async def test_a_replica_that_stops_hands_its_work_over_at_once(url: str) -> None:
    async with two(url) as world:
        world.free.clear()
        await world.replicas[0].change("a")
        await world.until(lambda: world.busy["a"])
        holder = next(each for each in world.replicas if "a" in each.workers)
        other = next(each for each in world.replicas if each is not holder)
        await holder.waker.rest()
        await holder.workers.stop(0)
        await holder.waker.stop()
        await world.until(lambda: "a" in other.workers)


async def test_without_the_queues_rows_nothing_is_lost(url: str) -> None:
    async with two(url) as world:
        world.replicas[1].workers.stopping = world.replicas[0].workers.stopping = True
        await world.replicas[0].change("a")
        raw(url, "DELETE FROM neonops_jobs.procrastinate_jobs", "DELETE FROM neonops_jobs.procrastinate_workers")
        world.replicas[1].workers.stopping = world.replicas[0].workers.stopping = False
        world.replicas[1].workers.wake("a")
        await world.until(lambda: world.seen.get("a") == 1)


async def test_two_replicas_lay_an_empty_database_at_once(server: Postgres) -> None:
    with copied(server, "template1") as url:
        await asyncio.gather(*(asyncio.to_thread(upgrade, url) for _ in range(3)))
        databases = [SqlDatabase(url, Ticking(NOON), str) for _ in range(3)]
        lay_queue(url)
        laid = await asyncio.gather(*(each.change(lay) for each in databases))
        assert sorted(laid) == [False, False, False]
        for each in databases:
            each.close()


async def test_the_tables_of_another_version_are_replaced(url: str) -> None:
    database = SqlDatabase(url, Ticking(NOON), str)
    await database.change(lay)
    raw(url, "COMMENT ON SCHEMA neonops_jobs IS 'procrastinate of another day'")
    assert (await database.change(lay), await database.change(lay)) == (True, False)
    database.close()


async def test_a_database_that_does_not_let_the_tables_be_made_is_said(url: str) -> None:
    raw(url, "DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = url.replace("postgres:" + url.split(":")[2].split("@")[0], "guest:guest")
    database = SqlDatabase(guest, Ticking(NOON), str)
    with pytest.raises(Refusal, match="tables of the replicas' queue cannot be made"):
        await Cluster(guest, database).start()
    database.close()
    raw(url, "DROP ROLE guest")
