"""Simulated time walks an incident through four hours: each reminder, call and update once, none early, none lost."""

from datetime import datetime

import pytest
from domain_world import ALICE, BRUNO, World

from bot.duties.timers import fire
from bot.incidents.acknowledge import acknowledge
from bot.incidents.model import Incident
from bot.updates.model import Audience, UpdateStatus, Wording
from bot.updates.send import send

WATCHED = ("timer.", "escalation.", "update.")
NOT_ACKNOWLEDGED = [
    (0, "escalation.called", 1),
    (10, "escalation.reminded", 2),
    (15, "timer.phase", "Immediate actions"),
    (15, "escalation.called", 2),
    (25, "escalation.reminded", 3),
    (30, "timer.update", ""),
    (30, "escalation.called", 3),
    (40, "escalation.reminded", 4),
    (45, "timer.phase", "Investigation"),
    (45, "escalation.asked", 4),
    (60, "escalation.exhausted", 0),
    (90, "timer.phase", "Resolution"),
]
"""What four hours of a P1 hold that nobody acknowledges: the minute, what happened, and to which level or phase."""


def look(world: World) -> None:
    for timer in world.ask(lambda tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)


def walk(world: World, minutes: int) -> None:
    for _ in range(minutes):
        world.wait(minutes=1)
        look(world)


def happened(world: World, incident: Incident) -> list[tuple[int, str, object]]:
    kept = [event for event in world.events(incident.run_id) if event.kind.startswith(WATCHED)]
    minutes = [round((event.at - incident.declared_at).total_seconds() / 60) for event in kept]
    which = [event.data.get("level", event.data.get("phase", "")) for event in kept]
    return [(minute, event.kind, each) for minute, event, each in zip(minutes, kept, which, strict=True)]


def test_a_p1_that_nobody_acknowledges_reminds_and_calls_once_each_and_to_the_minute(world: World) -> None:
    incident = world.declare()
    walk(world, 240)
    assert happened(world, incident) == NOT_ACKNOWLEDGED
    assert world.faults() == []


def test_who_acknowledges_is_reminded_of_phases_and_updates_and_nobody_else_is_called(world: World) -> None:
    incident = world.declare()
    walk(world, 12)
    world.do(acknowledge, BRUNO, incident.id)
    walk(world, 228)
    assert happened(world, incident)[2:] == [each for each in NOT_ACKNOWLEDGED if each[1].startswith("timer.")]


def test_each_update_makes_the_next_one_due(world: World) -> None:
    incident = world.declare()
    for minutes in (35, 20, 40):
        walk(world, minutes)
        wording = Wording(Audience.INSIDE, UpdateStatus.INVESTIGATING, {"en": "We look at it"})
        world.do(send, ALICE, incident.id, wording)
    walk(world, 145)
    assert [minute for minute, kind, _ in happened(world, incident) if kind == "timer.update"] == [30, 85, 125]


@pytest.mark.parametrize("leaves", [5, 14, 22, 29, 44])
def test_twenty_minutes_away_lose_and_repeat_nothing(world: World, leaves: int) -> None:
    incident = world.declare()
    walk(world, leaves)
    world.wait(minutes=20)
    look(world)
    walk(world, 220 - leaves)
    expected = [each[1:] for each in NOT_ACKNOWLEDGED if each[1] != "escalation.reminded"]
    found = [each[1:] for each in happened(world, incident) if each[1] != "escalation.reminded"]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_what_fell_due_while_the_bot_was_away_says_how_late_it_is(world: World) -> None:
    incident = world.declare()
    walk(world, 28)
    world.wait(minutes=20)
    look(world)
    late = [event.data["late"] for event in world.events(incident.run_id) if event.kind == "timer.update"]
    assert late == [18 * 60]


def test_nothing_fires_before_it_is_due(world: World) -> None:
    incident = world.declare()
    walk(world, 240)
    dated = [event for event in world.events(incident.run_id) if event.kind in ("timer.phase", "timer.update")]
    assert [event for event in dated if event.at < datetime.fromisoformat(event.data["due_at"])] == []
