"""A phase that takes longer than its budget is said once, with what holds it up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from domain_world import ALICE, World, changing, manual, opened, phase, procedure, runbook

from bot.duties.timers import fire
from bot.runs.budgets import began
from bot.runs.checklist import items
from bot.runs.model import RunState
from bot.runs.outcome import Done, Failed
from bot.runs.start import activate, finish


def line(*steps: dict[str, Any], name: str, budget: str | None = "10m") -> dict[str, Any]:
    return phase(*steps, name=name, mode="sequence", **({"budget": budget} if budget else {}))


PHASES = [
    line(changing("build"), changing("test"), name="first"),
    line(manual("look"), manual("tell"), name="second", budget="5m"),
    line(changing("clean"), name="third", budget=None),
]


@pytest.fixture
def world() -> Iterator[World]:
    """A run of the phases above that has just started, its first step at work."""
    with opened(runbook(procedure(*PHASES))) as made:
        run = made.begin("work", state=RunState.WAITING, channel="C1")
        made.do(activate, run, ALICE)
        made.take(1)
        made.advance(1)
        yield made


def clocks(world: World) -> dict[str, timedelta]:
    """Phase -> when its clock runs out, from now."""
    found = world.ask(lambda tx: tx.timers.find(run_id=1, kind="budget", state="pending"))
    return {timer.key: timer.due_at - world.now for timer in found}


def told(world: World) -> list[dict[str, Any]]:
    """What was said, once what is due has fired."""
    for timer in world.do(lambda domain, tx: tx.timers.due(tx.now)):
        world.do(fire, timer.id)
    return [each.data for each in world.messages("timer.budget", run_id=1)]


def do(world: World, *steps: str) -> None:
    for step in steps:
        world.settle(1, step, Done())
        world.advance(1)


def test_the_clock_of_the_first_phase_runs_from_the_start(world: World) -> None:
    assert clocks(world) == {"first": timedelta(minutes=10)}


def test_one_clock_runs_at_a_time(world: World) -> None:
    world.wait(minutes=3)
    do(world, "build")
    assert clocks(world) == {"first": timedelta(minutes=7)}
    do(world, "test")
    assert clocks(world) == {"second": timedelta(minutes=5)}
    world.tick(1, "look")
    world.tick(1, "tell")
    assert clocks(world) == {}


def test_a_phase_in_time_is_silent(world: World) -> None:
    do(world, "build", "test")
    world.wait(minutes=4)
    assert told(world) == []


def test_an_overrun_is_said_once_with_the_step_that_runs(world: World) -> None:
    world.wait(minutes=10)
    assert [(each["phase"], each["budget"], each["step"], each["doing"]) for each in told(world)] == [
        ("First", 600, "Build", "runs")
    ]
    do(world, "build")
    world.wait(minutes=30)
    assert len(told(world)) == 1
    assert "timer.budget" in world.kinds(1)


def test_an_overrun_says_what_is_waited_for(world: World) -> None:
    world.settle(1, "build", Failed("boom"))
    world.wait(minutes=10)
    assert [each["doing"] for each in told(world)] == ["asks"]
    world.tick(1, "build")
    world.advance(1)
    do(world, "test")
    world.wait(minutes=5)
    assert [each["doing"] for each in told(world)] == ["asks", "waits"]


def test_a_step_that_is_tried_again_does_not_begin_its_phase_anew(world: World) -> None:
    begun = world.now
    world.wait(minutes=8)
    world.settle(1, "build", Failed("boom"))
    world.do(items.run_step, ALICE, world.ref(1, "build"))
    world.advance(1)
    assert clocks(world) == {"first": timedelta(minutes=2)}
    work = world.domain.runbook.procedure("work")
    assert world.ask(lambda tx: began(tx, tx.runs.get(1), work)) == {"first": begun}  # type: ignore[arg-type]


def test_who_goes_back_to_a_phase_gets_its_clock_again(world: World) -> None:
    do(world, "build", "test")
    world.do(items.untick, ALICE, world.ref(1, "test"))
    assert clocks(world) == {"first": timedelta(minutes=10)}


def test_the_end_of_the_run_stops_the_clock(world: World) -> None:
    world.do(finish, world.run(1), RunState.ABORTED, ALICE)
    world.wait(minutes=60)
    assert told(world) == []
    assert clocks(world) == {}
