"""How long it takes until somebody is on an incident, in the figures of delivery."""

from datetime import timedelta

from domain_world import ALICE, World

from bot.deploys.history.dora import delivery, time_to_acknowledge
from bot.incidents.acknowledge import acknowledge


def test_the_time_to_acknowledge_is_that_of_p1_and_p2_without_drills_and_confidential_ones(world: World) -> None:
    taken = (
        ("p1", 2, {}),
        ("p2", 4, {}),
        ("p1", 30, {}),
        ("p3", 1, {}),
        ("p1", 1, {"drill": True}),
        ("security", 1, {}),
    )
    for severity, minutes, more in taken:
        made = world.declare(severity, **more)
        world.wait(minutes=minutes)
        world.do(acknowledge, ALICE, made.id)
    assert world.do(time_to_acknowledge) == timedelta(minutes=4)
    found = world.do(delivery).short
    assert (found.acknowledge, found.acknowledged) == (timedelta(minutes=4), 3)
    world.wait(days=31)
    assert world.do(time_to_acknowledge) is None
