"""What people do with the items of a run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World, changing, manual, opened, phase, procedure, reading, runbook

from bot.errors import Refusal
from bot.incidents import conduct
from bot.people import Actor
from bot.runs.checklist import items
from bot.runs.checklist.items import GateRef, StepRef
from bot.runs.model import Gate, GateKind, RunState, StepState
from bot.runs.outcome import Done, Failed, Unknown

CHECKLIST = procedure(
    phase(manual("look"), changing("mend", retry={"attempts": 1}), reading("probe"), reading("ask", starts="button"))
)
LINE = procedure(phase(changing("first"), reading("second"), manual("third"), mode="sequence"), name="line")
LOADED = runbook(CHECKLIST, LINE)


@pytest.fixture
def small() -> Iterator[World]:
    with opened(LOADED) as world:
        yield world


def refused(world: World, *what: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        world.do(*what, **named)
    return refusal.value.sentence


def test_a_tick_says_who_and_when(small: World) -> None:
    run = small.begin("work")
    record = small.tick(run.id, "look")
    assert (record.state, record.by, record.at, record.decision) == (StepState.DONE, ALICE.user, small.now, 1)
    assert small.kinds(run.id) == ["step.ticked"]


def test_an_untick_opens_the_item_again(small: World) -> None:
    run = small.begin("work")
    small.tick(run.id, "look")
    record = small.do(items.untick, ALICE, small.ref(run.id, "look"))
    assert (record.state, record.decision) == (StepState.OPEN, 2)
    assert small.kinds(run.id) == ["step.ticked", "step.unticked"]


def test_a_skip_keeps_its_reason(small: World) -> None:
    run = small.begin("work")
    record = small.do(items.skip, ALICE, small.ref(run.id, "look"), "  not today\n")
    assert (record.state, record.reason) == (StepState.SKIPPED, "not today")


def test_an_untick_forgets_why_it_was_skipped(small: World) -> None:
    run = small.begin("work")
    small.do(items.skip, ALICE, small.ref(run.id, "look"), "not today")
    assert small.do(items.untick, ALICE, small.ref(run.id, "look")).reason is None


def test_a_long_reason_is_shortened(small: World) -> None:
    run = small.begin("work")
    reason = small.do(items.skip, ALICE, small.ref(run.id, "look"), "x" * 900).reason
    assert reason is not None
    assert len(reason) == 500


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_skip_without_a_reason_is_refused(small: World, reason: str) -> None:
    run = small.begin("work")
    assert "A reason is required" in refused(small, items.skip, ALICE, small.ref(run.id, "look"), reason)
    assert small.step(run.id, "look").state is StepState.OPEN


def test_a_run_waits_for_the_engine(small: World) -> None:
    run = small.begin("work")
    record = small.do(items.run_step, ALICE, small.ref(run.id, "ask"))
    assert (record.asked_by, record.state) == (ALICE.user, StepState.OPEN)
    assert ("run", str(run.id)) in [(wake.kind, wake.key) for wake in small.woken]


Operation = Callable[[World, StepRef], object]
OPERATIONS: dict[str, Operation] = {
    "tick": lambda world, ref: world.do(items.tick, ALICE, ref),
    "untick": lambda world, ref: world.do(items.untick, ALICE, ref),
    "skip": lambda world, ref: world.do(items.skip, ALICE, ref, "why not"),
    "run": lambda world, ref: world.do(items.run_step, ALICE, ref),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_stale_button_changes_nothing_and_says_who_decided(small: World, operation: str) -> None:
    run = small.begin("work")
    stale = small.ref(run.id, "ask")
    small.tick(run.id, "ask", BRUNO)
    before = small.step(run.id, "ask")
    with pytest.raises(Refusal, match=r"already ticked by <@U02BRUNO>\.$"):
        OPERATIONS[operation](small, stale)
    assert small.step(run.id, "ask") == before


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("ref", [StepRef(1, "nothing", 0), StepRef(99, "look", 0)])
def test_a_button_of_something_that_is_gone_is_refused(small: World, operation: str, ref: StepRef) -> None:
    small.begin("work")
    with pytest.raises(Refusal, match="no longer exists"):
        OPERATIONS[operation](small, ref)


@pytest.mark.parametrize(
    ("operation", "step", "state", "words"),
    [
        ("tick", "look", StepState.DONE, "already ticked"),
        ("untick", "look", StepState.OPEN, "already open"),
        ("untick", "mend", StepState.FAILED, "already open"),
        ("skip", "look", StepState.DONE, "already done or skipped"),
        ("skip", "look", StepState.SKIPPED, "already done or skipped"),
        ("run", "look", StepState.OPEN, "cannot run this item"),
        ("run", "probe", StepState.STARTED, "already running this"),
        ("run", "probe", StepState.DONE, "undo that first"),
    ],
)
def test_what_makes_no_sense_is_refused(small: World, operation: str, step: str, state: StepState, words: str) -> None:
    run = small.begin("work")
    small.set_step(run.id, step, state=state)
    with pytest.raises(Refusal, match=words):
        OPERATIONS[operation](small, small.ref(run.id, step))


def test_a_step_that_is_asked_for_is_not_asked_for_twice(small: World) -> None:
    run = small.begin("work")
    small.do(items.run_step, ALICE, small.ref(run.id, "ask"))
    assert "already running this" in refused(small, items.run_step, BRUNO, small.ref(run.id, "ask"))


@pytest.mark.parametrize("operation", [items.tick, items.untick, items.run_step])
def test_who_holds_no_role_may_not_touch_an_item(world: World, operation: Any) -> None:
    run = world.declare().run_id
    assert "You may not work on this checklist" in refused(world, operation, FABIO, world.ref(run, "scope"))


@pytest.mark.parametrize("actor", [ALICE, BRUNO, CARLA])
def test_every_responder_may_tick(world: World, actor: Actor) -> None:
    run = world.declare().run_id
    assert world.tick(run, "scope", actor).by == actor.user


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.ABORTED, RunState.FAILED])
def test_the_checklist_of_a_run_that_came_to_nothing_is_closed(small: World, state: RunState) -> None:
    run = small.begin("work", state=state)
    assert "has ended" in refused(small, items.tick, ALICE, small.ref(run.id, "look"))


def test_the_checklist_of_a_closed_incident_is_closed(world: World) -> None:
    incident = world.declare()
    world.do(conduct.close, ALICE, incident.id)
    assert "/incident reopen" in refused(world, items.tick, ALICE, world.ref(incident.run_id, "scope"))


def test_the_items_after_a_deploy_can_still_be_ticked(small: World) -> None:
    run = small.begin("work", state=RunState.DONE)
    assert small.tick(run.id, "look").state is StepState.DONE


def test_the_first_act_of_anybody_is_the_response(world: World) -> None:
    incident = world.declare()
    world.wait(minutes=3)
    world.tick(incident.run_id, "scope")
    world.wait(minutes=3)
    world.do(items.untick, ALICE, world.ref(incident.run_id, "scope"))
    answered = world.incident(incident.id).responded_at
    assert answered is not None
    assert (answered - incident.declared_at).total_seconds() == 180


def failed(world: World, outcome: Any = Failed("boom")) -> tuple[int, Gate]:  # noqa: B008 - frozen
    """A sequence whose first step has come to this."""
    run = world.begin("line")
    world.take(run.id)
    world.advance(run.id)
    world.settle(run.id, "first", outcome)
    return run.id, world.gates(run.id)[0]


def test_retry_runs_the_step_again(small: World) -> None:
    run, gate = failed(small)
    small.do(items.answer_gate, ALICE, GateRef(gate.id), "retry")
    assert [task.step.id for task in small.advance(run).tasks] == ["first"]
    assert small.step(run, "first").attempt == 2


def test_done_goes_on(small: World) -> None:
    run, gate = failed(small, Unknown("who knows"))
    small.do(items.answer_gate, ALICE, GateRef(gate.id), "done")
    assert [task.step.id for task in small.advance(run).tasks] == ["second"]


def test_abort_ends_the_run(small: World) -> None:
    run, gate = failed(small)
    small.do(items.answer_gate, ALICE, GateRef(gate.id), "abort")
    assert small.run(run).state is RunState.ABORTED
    assert small.events(run)[-1].data["why"] == "boom"


def test_skip_goes_on(small: World) -> None:
    run, _ = failed(small)
    small.do(items.skip, ALICE, small.ref(run, "first"), "not needed")
    assert [task.step.id for task in small.advance(run).tasks] == ["second"]


@pytest.mark.parametrize("answer", ["retry", "done", "abort"])
def test_the_first_answer_wins(small: World, answer: str) -> None:
    run, gate = failed(small)
    small.do(items.answer_gate, ALICE, GateRef(gate.id), "retry")
    assert "already decided" in refused(small, items.answer_gate, BRUNO, GateRef(gate.id), answer)
    closed = small.gates(run, "answered")[0]
    assert (closed.answer, closed.answered_by, closed.answered_at) == ("retry", ALICE.user, small.now)


def test_an_answer_that_nobody_offers_is_refused(small: World) -> None:
    _, gate = failed(small)
    assert "Choose one of" in refused(small, items.answer_gate, ALICE, GateRef(gate.id), "maybe")


def test_only_who_may_work_answers(small: World) -> None:
    run, gate = failed(small)
    assert "You may not" in refused(small, items.answer_gate, FABIO, GateRef(gate.id), "abort")
    assert small.run(run).state is RunState.ACTIVE


def test_a_start_gate_is_no_question_about_a_step(small: World) -> None:
    run = small.begin("work", state=RunState.WAITING)
    gate = small.ask(lambda tx: tx.gates.add(Gate(0, run.id, GateKind.START, small.now)))
    assert "already decided" in refused(small, items.answer_gate, ALICE, GateRef(gate.id), "done")


def test_a_tick_answers_the_open_question(small: World) -> None:
    run, gate = failed(small)
    small.tick(run, "first")
    assert [each.id for each in small.gates(run, "answered")] == [gate.id]


def test_an_item_of_an_earlier_checklist_is_refused(world: World) -> None:
    incident = world.declare("p1")
    stale = world.ref(incident.run_id, "scope")
    world.do(conduct.change_severity, ALICE, incident.id, "p3")
    assert "earlier checklist" in refused(world, items.tick, ALICE, stale)


def test_a_good_outcome_that_only_informs_leaves_the_tick_to_a_person(world: World) -> None:
    run = world.declare("p3").run_id
    world.take(run)
    world.advance(run)
    world.settle(run, "third_parties", Done("all operational"))
    record = world.step(run, "third_parties")
    assert (record.state, record.found, record.decision) == (StepState.OPEN, "all operational", 0)
    assert world.advance(run).tasks == ()


WORK: list[Callable[..., object]] = [items.tick, items.untick, items.run_step, lambda *about: items.skip(*about, "x")]


@pytest.mark.parametrize("operation", WORK)
def test_a_permission_that_was_taken_ends_for_the_items_of_what_runs(
    small: World, operation: Callable[..., object]
) -> None:
    run = small.begin("work")
    small.domain = replace(
        small.domain, loaded=runbook(CHECKLIST, permissions={"respond": ["captain"], "maintain": ["captain"]})
    )
    assert "You may not work on this checklist" in refused(small, operation, ALICE, small.ref(run.id, "look"))
