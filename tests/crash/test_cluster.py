"""Two replicas under load, one of them killed or frozen again and again: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path

import pytest
from cluster_world import TAKEN_OVER_WITHIN, ClusterWorld, Replica, cluster_world
from crash_checks import complaints
from crash_people import PEOPLE, Habits, Ledger, Person
from crash_walk import REST_WITHIN, at_rest, at_work
from torture import dice, often

ROUNDS = often(1, 20)
"""Rounds of each sort: in `make torture` each replica goes as often as the other."""
WORKING = Habits(
    {"bruno": "deploy", "carla": "declare", "elisa": "rollback"},
    {"declare": 4, "note": 300, "deploy": 12, "rollback": 6, "health": 20, "unlock": 20},
)


@pytest.mark.parametrize("blow", ["kill", "freeze"])
def test_a_replica_that_goes_is_replaced_in_time_and_nothing_is_done_twice(blow: str, tmp_path: Path) -> None:
    found = asyncio.run(asyncio.wait_for(walk(blow, tmp_path), timeout=60 + REST_WITHIN + ROUNDS * 45))
    assert found == [], "\n".join([f"see {tmp_path}:", *found])


async def test_what_was_left_is_taken_up_without_the_queue(tmp_path: Path) -> None:
    async with cluster_world(tmp_path) as world:
        ledger = Ledger()
        async with at_work([Person(name, 2, WORKING, world, ledger) for name in PEOPLE]):
            await world.slack.wait_for(lambda: len(ledger.entries) > 40)
            await world.kill()
        await world.forget_queue()
        for replica in world.replicas:
            replica.start()
        await world.both_connected()
        await at_rest(world)
        assert await world.read(lambda tx: complaints(world, ledger, tx)) == []


async def walk(blow: str, directory: Path) -> list[str]:
    async with cluster_world(directory) as world:
        ledger, chance, slow = Ledger(), dice(blow), list[str]()
        people = [Person(name, 1, WORKING, world, ledger) for name in PEOPLE]
        async with at_work(people):
            for number in range(ROUNDS):
                await asyncio.sleep(chance.uniform(0.5, 1.5))
                seconds = await (killed if blow == "kill" else frozen)(world, world.replicas[number % 2])
                slow += [f"round {number}: {seconds:.1f} s"] if seconds > TAKEN_OVER_WITHIN else []
        await at_rest(world)
        for replica in world.replicas:
            await replica.terminate()
        return slow + await world.read(lambda tx: complaints(world, ledger, tx))


async def killed(world: ClusterWorld, victim: Replica) -> float:
    """Kill a replica, and start it again when the other has taken over; how long that took."""
    await victim.kill()
    seconds = await world.until_known(1)
    victim.start()
    await world.both_connected()
    return seconds


async def frozen(world: ClusterWorld, victim: Replica) -> float:
    """Freeze a replica, and thaw it some time after the other has taken over; how long that took."""
    victim.freeze()
    seconds = await world.until_known(1)
    await asyncio.sleep(1.0)
    victim.thaw()
    await world.until_known(2)
    return seconds
