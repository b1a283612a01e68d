"""The engine's transactions: intent, outcome, fencing, and what an interruption leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from domain_world import ALICE, World, changing, manual, opened, phase, procedure, reading, runbook

from bot import delivery
from bot.effects import Effect
from bot.incidents import conduct
from bot.incidents.declare import channel_opened
from bot.people import BOT
from bot.runs.checklist import items
from bot.runs.checklist.nested import start_from_step
from bot.runs.engine import progress, settling
from bot.runs.engine.fencing import Fenced
from bot.runs.engine.progress import Work
from bot.runs.engine.settling import FOUND_LIMIT
from bot.runs.model import GateKind, RunState, StepState
from bot.runs.outcome import Done, Failed, Unknown

TWICE = {"attempts": 2, "delay": "1s"}
CHECKLIST = procedure(phase(manual("look"), reading("probe", retry=TWICE), changing("mend")))
LINE = procedure(
    phase(changing("first"), reading("second", required=False), manual("third"), mode="sequence"), name="line"
)
STAGED = procedure(
    phase(changing("act"), name="acting", mode="sequence"),
    phase(reading("watch"), name="afterwards", stage="after"),
    name="staged",
)


@pytest.fixture
def small() -> Iterator[World]:
    with opened(runbook(CHECKLIST, LINE, STAGED)) as world:
        yield world


def ids(work: Work) -> list[str]:
    return [task.step.id for task in work.tasks]


def begun(world: World, name: str = "work", **more: Any) -> int:
    """A run whose first steps have started."""
    run = world.begin(name, **more)
    world.take(run.id)
    world.advance(run.id)
    return run.id


def test_the_intent_is_written_before_the_effect(small: World) -> None:
    run = begun(small)
    record = small.step(run, "mend")
    assert (record.state, record.attempt, record.started_at) == (StepState.STARTED, 1, small.now)
    assert small.kinds(run) == ["step.started", "step.started"]


def test_what_has_started_is_not_started_again(small: World) -> None:
    run = begun(small)
    assert ids(small.advance(run)) == []


def test_a_good_outcome_ticks_the_item_as_the_bot(small: World) -> None:
    run = begun(small)
    small.settle(run, "mend", Done("mended", {"answer": 42}, "out.log"))
    record = small.step(run, "mend")
    assert (record.state, record.by, record.decision) == (StepState.DONE, BOT, 1)
    assert (record.found, record.detail, record.output) == ("mended", {"answer": 42}, "out.log")


def test_a_failure_is_tried_again_as_often_as_the_runbook_says(small: World) -> None:
    run = begun(small)
    small.settle(run, "probe", Failed("no answer"))
    assert (small.step(run, "probe").state, small.step(run, "probe").found) == (StepState.OPEN, None)
    assert ids(small.advance(run)) == ["probe"]
    small.settle(run, "probe", Failed("no answer"))
    assert small.step(run, "probe").state is StepState.FAILED
    assert small.kinds(run).count("step.failed") == 2


def test_a_failure_in_a_checklist_asks_nobody(small: World) -> None:
    run = begun(small)
    small.settle(run, "mend", Failed("boom"))
    assert small.gates(run) == []


def test_a_failure_in_a_sequence_asks(small: World) -> None:
    run = begun(small, "line")
    small.settle(run, "first", Failed("boom"))
    assert [(gate.kind, gate.step_id) for gate in small.gates(run)] == [(GateKind.FAILED, "first")]
    assert ids(small.advance(run)) == []


def test_an_optional_failure_in_a_sequence_goes_on(small: World) -> None:
    run = begun(small, "line")
    small.settle(run, "first", Done())
    assert ids(small.advance(run)) == ["second"]
    small.settle(run, "second", Failed("no answer"))
    assert small.gates(run) == []
    small.tick(run, "third")
    small.advance(run)
    assert small.run(run).state is RunState.DONE


@pytest.mark.parametrize("name", ["work", "line"])
def test_an_unknown_outcome_always_asks(small: World, name: str) -> None:
    run = begun(small, name)
    step = "mend" if name == "work" else "first"
    small.settle(run, step, Unknown("may be"))
    assert [(gate.kind, gate.step_id) for gate in small.gates(run)] == [(GateKind.INTERRUPTED, step)]


def test_what_was_found_is_shortened_for_the_card(small: World) -> None:
    run = begun(small)
    small.settle(run, "mend", Done("x" * 9999))
    assert len(small.step(run, "mend").found or "") == FOUND_LIMIT


def test_a_step_that_a_person_ticked_in_between_keeps_the_tick(small: World) -> None:
    run = begun(small)
    small.tick(run, "mend")
    small.settle(run, "mend", Failed("boom"))
    record = small.step(run, "mend")
    assert (record.state, record.by, record.found) == (StepState.DONE, ALICE.user, None)


def test_an_outcome_never_settles_a_later_attempt(small: World) -> None:
    run = begun(small)
    first = small.step(run, "mend")
    small.tick(run, "mend")
    small.do(items.untick, ALICE, small.ref(run, "mend"))
    small.do(items.run_step, ALICE, small.ref(run, "mend"))
    assert ids(small.advance(run)) == ["mend"]
    small.do(settling.settle, run, small.run(run).token, first, Done("the first attempt"))
    assert small.step(run, "mend").state is StepState.STARTED


@pytest.mark.parametrize("act", ["advance", "settle"])
def test_who_lost_the_token_writes_nothing(small: World, act: str) -> None:
    run = begun(small)
    old, record = small.run(run).token, small.step(run, "mend")
    small.take(run)
    before = small.steps(run)
    with pytest.raises(Fenced):
        small.do(progress.advance, run, old) if act == "advance" else small.do(
            settling.settle, run, old, record, Done()
        )
    assert small.steps(run) == before


def test_each_execution_takes_a_new_token(small: World) -> None:
    run = small.begin("work").id
    assert [small.take(run).run.token for _ in range(3)] == [1, 2, 3]


def test_an_interrupted_reading_step_runs_again(small: World) -> None:
    run = begun(small)
    assert [task.step.id for task in small.take(run).reconcile] == ["mend"]
    assert ids(small.advance(run)) == ["probe"]
    assert small.step(run, "probe").attempt == 2


def test_an_interrupted_changing_step_is_looked_at_and_never_run_again_by_itself(small: World) -> None:
    run = begun(small, "line")
    work = small.take(run)
    left = work.reconcile[0]
    small.do(settling.settle, run, work.run.token, left.record, settling.interrupted())
    assert ids(small.advance(run)) == []
    assert [gate.kind for gate in small.gates(run)] == [GateKind.INTERRUPTED]


def test_an_interrupted_step_of_an_asked_person_keeps_who_asked(small: World) -> None:
    run = begun(small)
    small.set_step(run, "probe", asked_by="U9")
    small.take(run)
    assert small.step(run, "probe").asked_by == "U9"


def test_a_delivered_step_goes_on_after_an_interruption(world: World) -> None:
    run = world.declare().run_id
    assert world.take(run).reconcile == ()
    assert world.step(run, "channel").state is StepState.STARTED


def effect_of(world: World, run: int, step: str) -> Effect:
    return world.ask(lambda tx: tx.effects.find(run_id=run, step_id=step, order="-seq"))[0]


def test_a_dead_delivery_that_succeeds_in_the_end_ticks_its_item(world: World) -> None:
    run, step = world.declare().run_id, "channel"
    world.take(run)
    world.advance(run)
    world.do(delivery.bury, effect_of(world, run, step), "Slack is away")
    world.do(delivery.revive, run)
    effect = world.do(delivery.claim, effect_of(world, run, step).target)
    assert effect is not None
    world.do(delivery.conclude, effect, delivery.Delivered())
    assert world.step(run, step).state is StepState.DONE


def test_a_channel_that_is_asked_for_again_is_planned_again(world: World) -> None:
    run = world.declare().run_id
    world.take(run)
    world.do(delivery.bury, effect_of(world, run, "channel"), "Slack is away")
    world.do(items.run_step, ALICE, world.ref(run, "channel"))
    world.advance(run)
    assert effect_of(world, run, "channel").state == "pending"


def test_the_channel_item_of_a_raised_incident_is_ticked_for_the_channel_that_is_there(world: World) -> None:
    incident = world.declare("p3")
    world.do(lambda domain, tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    world.do(conduct.change_severity, ALICE, incident.id, "p1")
    world.take(incident.run_id)
    world.advance(incident.run_id)
    assert world.step(incident.run_id, "channel").state is StepState.DONE


def test_the_engine_ends_the_run_when_all_is_settled(small: World) -> None:
    run = begun(small, "line")
    small.settle(run, "first", Done())
    small.advance(run)
    small.settle(run, "second", Done())
    small.tick(run, "third")
    small.advance(run)
    assert (small.run(run).state, small.run(run).ended_at) == (RunState.DONE, small.now)


def test_what_comes_after_a_run_begins_when_the_run_ends(small: World) -> None:
    run = begun(small, "staged")
    small.settle(run, "act", Done())
    small.advance(run)
    assert ("run", str(run)) in [(wake.kind, wake.key) for wake in small.woken]
    assert ids(small.advance(run)) == ["watch"]


@pytest.mark.parametrize("outcome", [Failed("boom"), Unknown("may be")])
def test_what_ends_after_its_run_asks_nobody(small: World, outcome: Any) -> None:
    run = begun(small, "line")
    small.ask(lambda tx: tx.runs.save(tx.runs.get(run), state=RunState.ABORTED))
    small.settle(run, "first", outcome)
    assert small.gates(run) == []


def test_a_question_is_asked_once(small: World) -> None:
    run = begun(small, "line")
    small.settle(run, "first", Unknown("may be"))
    small.set_step(run, "first", state=StepState.STARTED)
    small.settle(run, "first", Unknown("may be"))
    assert len(small.gates(run)) == 1


def test_a_started_procedure_outlives_an_interruption(world: World) -> None:
    run = world.declare().run_id
    world.do(lambda domain, tx: channel_opened(tx, run, "C9", "incident-x"))
    world.do(lambda domain, tx: start_from_step(domain, tx, ALICE, tx.runs.get(run), "rollback"))
    assert world.take(run).reconcile == ()
    assert world.step(run, "rollback").state is StepState.STARTED


def test_only_runs_that_have_not_ended_are_looked_at_after_a_start(small: World) -> None:
    runs = {state: small.begin("work", state=state).id for state in RunState}
    assert small.do(progress.unfinished) == [runs[RunState.ACTIVE]]


def test_a_run_that_waits_for_people_is_left_alone(small: World) -> None:
    run = begun(small)
    small.settle(run, "mend", Done())
    small.settle(run, "probe", Done())
    assert small.do(progress.idle, run)
    small.tick(run, "look")
    assert not small.do(progress.idle, run)


def test_a_drill_does_nothing_for_real() -> None:
    assert "not done for real" in settling.not_done().found
