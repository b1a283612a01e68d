"""The waker's contract: in one process, and shared by two replicas on one PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from guards import GUARD_S
from storage_world import NOON, Ticking

from bot.machine.workers import Workers
from bot.ports import Tx
from bot.waking import Alone, Waker
from storage.cluster.replica import Cluster
from storage.database import SqlDatabase

KINDS = ["alone on sqlite", "alone on postgresql", "replicas"]


class Replica:
    """One process as the waker sees it: workers that note what they do, and can be held up."""

    def __init__(self, url: str, waker: Callable[[str, SqlDatabase], Waker], world: "World") -> None:
        self.world, self.told = world, list[str]()
        self.database = SqlDatabase(url, Ticking(NOON), str)
        self.waker = waker(url, self.database)
        self.workers: Workers[Any] = Workers("key", self._work)
        self.waker.serve("target", self.workers, str)
        self.waker.tell("member", self.told.append)
        self.database.on_commit(self.waker.hear)

    async def _work(self, key: str, woken: asyncio.Event) -> None:
        self.world.busy[key] += 1
        self.world.most = max(self.world.most, self.world.busy[key])
        try:
            while woken.is_set():
                woken.clear()
                self.world.seen[key] = await self.database.read(lambda tx: len(tx.members.find(team=key)))
                self.world.looks[key] += 1
                if key == "broken" and self.world.looks[key] == 1:
                    raise ValueError("a defect")
                await self.world.free.wait()
        finally:
            self.world.busy[key] -= 1

    async def change(self, *keys: str) -> None:
        """Commit a change about each key, and its wake."""
        await self.database.write(lambda tx: [_change(tx, key, self.world.number()) for key in keys])

    async def stop(self) -> None:
        await self.waker.rest()
        await self.workers.stop(0)
        await self.waker.stop()
        self.database.close()


def _change(tx: Tx, key: str, number: int) -> None:
    from bot.people import Member

    tx.members.add(Member(f"U{number}", key, "somebody"))
    tx.wake("target", key)


class World:
    """What all replicas did."""

    def __init__(self) -> None:
        self.busy, self.looks, self.seen = Counter[str](), Counter[str](), dict[str, int]()
        self.most, self._number = 0, 0
        self.free = asyncio.Event()
        self.free.set()
        self.replicas: list[Replica] = []

    def number(self) -> int:
        self._number += 1
        return self._number

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(GUARD_S):
            while not holds():  # noqa: ASYNC110 - other replicas' work is seen only by looking
                await asyncio.sleep(0.01)


@pytest.fixture(params=KINDS)
def sort(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kind(sort: str) -> str:
    """Which database; see conftest."""
    return "sqlite" if "sqlite" in sort else "postgresql"


@pytest.fixture
def world(loop: asyncio.Runner, url: str, sort: str) -> Any:
    stack = AsyncExitStack()
    yield loop.run(stack.enter_async_context(opened(url, sort)))
    loop.run(stack.aclose())


@asynccontextmanager
async def opened(url: str, sort: str) -> AsyncIterator[World]:
    """One process alone, or two replicas."""
    world = World()
    waker: Callable[[str, SqlDatabase], Waker] = Cluster if sort == "replicas" else lambda *_: Alone()
    world.replicas = [Replica(url, waker, world) for _ in range(2 if sort == "replicas" else 1)]
    try:
        for replica in world.replicas:
            await replica.waker.start()
        yield world
    finally:
        world.free.set()
        for replica in world.replicas:
            await replica.stop()


async def test_a_committed_wake_has_its_key_worked_on(world: World) -> None:
    await world.replicas[0].change("a")
    await world.until(lambda: world.seen.get("a") == 1)


async def test_a_wake_that_was_taken_back_has_nothing_worked_on(world: World) -> None:
    def fail(tx: Tx) -> None:
        _change(tx, "a", 1)
        raise ValueError("never mind")

    with pytest.raises(ValueError, match="never mind"):
        await world.replicas[0].database.write(fail)
    await world.replicas[0].change("b")
    await world.until(lambda: world.seen.get("b") == 1)
    assert world.looks["a"] == 0


async def test_a_key_that_is_worked_on_is_looked_at_at_once_when_it_is_woken(world: World) -> None:
    world.free.clear()
    await world.replicas[0].change("a")
    await world.until(lambda: world.busy["a"])
    await world.replicas[-1].change("a")
    world.free.set()
    await world.until(lambda: world.seen["a"] == 2)


async def test_no_change_is_missed_and_no_key_worked_on_by_two(world: World) -> None:
    for round_ in range(30):
        await asyncio.gather(*(each.change(*"abc"[: 1 + round_ % 3]) for each in world.replicas))
    expected = {"a": 30, "b": 20, "c": 10}
    await world.until(lambda: world.seen == {key: n * len(world.replicas) for key, n in expected.items()})
    assert world.most == 1


async def test_keys_are_worked_on_beside_one_another(world: World) -> None:
    world.free.clear()
    await world.replicas[0].change(*(f"key {number}" for number in range(40)))
    await world.until(lambda: len(world.busy) == 40)
    world.free.set()


async def test_many_wakes_of_a_busy_key_cost_few_looks(world: World) -> None:
    world.free.clear()
    await world.replicas[0].change("a")
    await world.until(lambda: world.busy["a"])
    await asyncio.gather(*(world.replicas[n % len(world.replicas)].change("a") for n in range(50)))
    world.free.set()
    await world.until(lambda: world.seen["a"] == 51 and not world.busy["a"])
    assert world.looks["a"] <= 4


async def test_a_defect_in_one_look_stops_no_later_one(world: World) -> None:
    await world.replicas[0].change("broken")
    await world.until(lambda: world.looks["broken"] == 1 and not world.busy["broken"])
    await world.replicas[0].change("broken")
    await world.until(lambda: world.seen["broken"] == 2)


async def test_what_a_sweep_finds_is_worked_on_without_a_commit(world: World) -> None:
    for number in range(5):
        world.replicas[0].workers.wake(f"left {number}")
    await world.until(lambda: len(world.looks) == 5)


async def test_every_replica_hears_what_is_no_work(world: World) -> None:
    await world.replicas[0].database.write(lambda tx: tx.wake("member", "U7"))
    await world.until(lambda: all("U7" in each.told for each in world.replicas))


async def test_who_works_on_something_may_act(world: World) -> None:
    for replica in world.replicas:
        await replica.waker.hold()
