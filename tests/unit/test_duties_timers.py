"""Timers fire once, and only when there is something to say."""

import asyncio
from datetime import timedelta

from domain_world import ALICE, World, WorldClock, WorldDatabase

from bot.domain.transactions import Transactions
from bot.duties.timers import Timers, fire
from bot.incidents import conduct


def fired(world: World) -> list[tuple[str, str]]:
    due = world.do(lambda domain, tx: tx.timers.due(tx.now))
    fired = [world.do(fire, timer.id) for timer in due]
    return [(timer.kind, timer.key) for timer in fired if timer and timer.kind == "phase"]


def said(world: World, run: int) -> list[str]:
    """The reminders that were planned."""
    return [each.template for each in world.messages(run_id=run, target=f"run:{run}:say")]


def test_nothing_fires_before_its_time(world: World) -> None:
    world.declare()
    world.wait(minutes=14, seconds=59)
    assert fired(world) == []


def test_the_first_window_reminds_once(world: World) -> None:
    run = world.declare().run_id
    world.wait(minutes=15)
    assert fired(world) == [("phase", "immediate")]
    assert said(world, run) == ["timer.phase"]
    world.wait(minutes=1)
    assert fired(world) == []
    assert said(world, run) == ["timer.phase"]


def test_a_window_with_nothing_open_is_silent(world: World) -> None:
    run = world.declare().run_id
    world.tick_all(run, "main")
    world.wait(days=1)
    assert len(fired(world)) == 3
    assert said(world, run) == ["timer.update"]


def test_a_reminder_says_what_is_open(world: World) -> None:
    run = world.declare().run_id
    world.tick(run, "scope")
    world.wait(minutes=15)
    fired(world)
    event = next(each for each in world.events(run) if each.kind == "timer.phase")
    assert "Determine scope and impact" not in event.data["open"]
    assert "Alert on-call engineers" in event.data["open"]


def test_several_that_fell_due_together_fire_in_order(world: World) -> None:
    world.declare()
    world.wait(hours=10)
    keys = [key for _, key in fired(world)]
    assert keys.index("immediate") < keys.index("investigation")
    assert len(keys) == 3


def test_a_resolved_incident_is_silent(world: World) -> None:
    incident = world.declare()
    world.do(conduct.resolve, ALICE, incident.id, "")
    world.wait(days=1)
    assert fired(world) == []


def test_a_closed_incident_is_silent(world: World) -> None:
    incident = world.declare()
    world.do(conduct.close, ALICE, incident.id)
    world.wait(days=1)
    assert fired(world) == []


def test_a_timer_of_a_phase_that_is_gone_is_silent(world: World) -> None:
    run = world.declare().run_id
    world.ask(lambda tx: tx.timers.set("phase", "gone", world.now + timedelta(minutes=1), run))
    world.wait(minutes=2)
    assert fired(world) == [("phase", "gone")]
    assert said(world, run) == []


def test_a_raised_incident_reminds_by_its_new_windows(world: World) -> None:
    incident = world.declare("p3")
    world.wait(minutes=20)
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    world.wait(minutes=25)
    assert fired(world) == [("phase", "investigation")]


def test_the_reminder_and_the_fired_timer_are_one_transaction(world: World) -> None:
    run = world.declare().run_id
    world.wait(minutes=15)
    fired(world)
    found = world.ask(lambda tx: tx.timers.find(run_id=run, kind="phase", state="fired"))
    assert {timer.fired_at for timer in found} == {world.now}
    assert world.kinds(run).count("timer.phase") == 1


async def test_a_clock_that_is_stopped_twice_ends_once(world: World) -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, failure: failures.append(failure))
    timers = Timers(Transactions(world.domain, WorldDatabase(world)), WorldClock(world))
    timers.start()
    timers.stop()
    timers.stop()
    await asyncio.sleep(0)
    assert failures == []
