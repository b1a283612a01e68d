"""Whatever people and the engine do with a run, in whatever order, the rules of runs hold."""

import contextlib
from typing import Any

import pytest
from domain_world import ALICE, BRUNO, FABIO, World, changing, manual, phase, procedure, reading, runbook
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from torture import often

from bot import delivery
from bot.delivery import Delivered
from bot.deploys.approval.approve import approve, looked
from bot.deploys.request import Asked, request_deploy
from bot.errors import Refusal
from bot.people import Actor
from bot.runs import stopping
from bot.runs.checklist import items
from bot.runs.checklist.items import GateRef, StepRef
from bot.runs.checklist.nested import start_from_step
from bot.runs.engine import settling
from bot.runs.engine.fencing import Fenced
from bot.runs.engine.progress import Task
from bot.runs.model import StepRecord, StepState
from bot.runs.outcome import Done, Failed, Outcome, Unknown

TWICE = {"attempts": 2, "delay": "1s"}
DEPLOY = procedure(
    phase(manual("sign"), reading("look", required=False), name="first", stage="before"),
    phase(changing("build", retry=TWICE), reading("check", required=False), manual("smoke"), name="second",
          mode="sequence"),
    phase(changing("switch"), reading("ask", starts="button", required=False), name="third", mode="sequence"),
    phase(manual("sweep"), changing("clean"), reading("probe", ticked_by="person"), name="fourth"),
    phase({"id": "tell", "text": "Tell", "kind": "notify", "roles": ["devops"]},
          {"id": "undo", "text": "Undo", "kind": "start_procedure", "procedure": "other", "required": False},
          name="fifth"),
    phase(manual("watch"), reading("gauge"), changing("tidy"), name="sixth", stage="after"),
    kind="deploy",
    name="deploy",
)  # fmt: skip
OTHER = procedure(phase(manual("only")), name="other")
LOADED = runbook(DEPLOY, OTHER)
STEPS = [step.id for _, step in LOADED.runbook.procedure("deploy").steps()]

people = st.sampled_from([ALICE, BRUNO, FABIO])
steps = st.sampled_from(STEPS)
operations = st.sampled_from(["tick", "untick", "skip", "run"])
outcomes: st.SearchStrategy[Outcome] = st.sampled_from([Done("good", {"n": 1}), Failed("bad"), Unknown("who knows")])
Facts = tuple[Any, ...]


class Walk(RuleBasedStateMachine):
    """Two deploys of one environment, people who click what they saw earlier, and an engine that is interrupted."""

    @initialize()
    def begin(self) -> None:
        self.world = World(LOADED)
        self.runs = [self.world.do(request_deploy, BRUNO, Asked("api", "C1")).id for _ in range(2)]
        self.tasks: list[tuple[int, int, Task]] = []
        self.seen: list[StepRef] = []
        self.decisions: dict[tuple[int, str], int] = {}
        self.length = 0

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    # What people do.

    @rule(person=people, step=steps, second=st.booleans())
    def sees(self, person: Actor, step: str, second: bool) -> None:
        self.seen.append(self.world.ref(self.runs[second], step))

    @rule(person=people, step=steps, second=st.booleans(), operation=operations)
    def clicks(self, person: Actor, step: str, second: bool, operation: str) -> None:
        self.try_to(operation, person, self.world.ref(self.runs[second], step))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), person=people, operation=operations)
    def clicks_what_was_seen(self, data: st.DataObject, person: Actor, operation: str) -> None:
        ref = data.draw(st.sampled_from(self.seen))
        stale = ref.decision != self.world.step(ref.run_id, ref.step_id).decision
        before = self.facts()
        self.try_to(operation, person, ref)
        assert not stale or self.facts() == before, f"a stale {operation} changed something"

    @rule(step=steps, second=st.booleans(), operations=st.tuples(operations, operations))
    def two_people_click_one_card(self, step: str, second: bool, operations: tuple[str, str]) -> None:
        ref = self.world.ref(self.runs[second], step)
        self.try_to(operations[0], ALICE, ref)
        stale = ref.decision != self.world.step(ref.run_id, ref.step_id).decision
        before = self.facts()
        self.try_to(operations[1], BRUNO, ref)
        assert not stale or self.facts() == before, f"a stale {operations[1]} changed something"

    def try_to(self, operation: str, person: Actor, ref: StepRef) -> None:
        before = self.facts()
        try:
            match operation:
                case "tick":
                    self.world.do(items.tick, person, ref)
                case "untick":
                    self.world.do(items.untick, person, ref)
                case "skip":
                    self.world.do(items.skip, person, ref, "why not")
                case "run":
                    self.world.do(items.run_step, person, ref)
        except Refusal:
            assert self.facts() == before, f"a refused {operation} changed something"
        else:
            assert person is not FABIO, "somebody without a role changed something"

    @rule(data=st.data(), person=people, answer=st.sampled_from(["retry", "done", "abort"]))
    def answers(self, data: st.DataObject, person: Actor, answer: str) -> None:
        gates = self.world.ask(lambda tx: tx.gates.find())
        gate = data.draw(st.sampled_from(gates))
        with contextlib.suppress(Refusal):
            self.world.do(items.answer_gate, person, GateRef(gate.id), answer)
            assert gate.state == "open"

    @rule(person=people, second=st.booleans())
    def approves(self, person: Actor, second: bool) -> None:
        self.world.do(looked, self.runs[second], self.world.facts())
        before = self.facts()
        try:
            self.world.do(approve, person, self.runs[second], "")
        except Refusal:
            assert self.facts() == before, "a refused approval changed something"
        else:
            assert person is ALICE
            self.world.start(self.runs[second])

    @rule(second=st.booleans())
    def ticks_what_comes_first_and_approves(self, second: bool) -> None:
        with contextlib.suppress(Refusal):
            self.world.tick(self.runs[second], "sign")
        self.approves(ALICE, second)

    @rule(person=people, second=st.booleans())
    def calls_off(self, person: Actor, second: bool) -> None:
        with contextlib.suppress(Refusal):
            self.world.do(stopping.cancel, person, self.runs[second])

    @rule(second=st.booleans())
    def starts_the_other(self, second: bool) -> None:
        run = self.world.run(self.runs[second])
        with contextlib.suppress(Refusal):
            items_open = self.world.do(items.find_item, run.id, "undo")
            self.world.do(items.may_work, ALICE, items_open.run)
            if not items_open.record.state.settled:
                self.world.do(start_from_step, ALICE, run, "undo")

    @rule()
    def the_other_ends(self) -> None:
        for run in self.world.ask(lambda tx: tx.runs.find(procedure="other")):
            if not run.state.ended:
                self.world.tick(run.id, "only")
                self.world.take(run.id)
                self.world.advance(run.id)

    # What the engine does.

    @rule(second=st.booleans())
    def takes(self, second: bool) -> None:
        """A new execution: the old one's tasks may still be heard of."""
        run = self.runs[second]
        work = self.world.take(run)
        self.tasks += [(run, work.run.token, task) for task in work.reconcile]

    @rule(second=st.booleans(), outcome=outcomes)
    def is_interrupted_and_the_old_execution_is_heard_of(self, second: bool, outcome: Outcome) -> None:
        run = self.runs[second]
        old = self.world.run(run).token
        started = [each for each in self.records() if each.run_id == run and each.state is StepState.STARTED]
        self.takes(second)
        before = self.facts()
        for record in started:
            with pytest.raises(Fenced):
                self.world.do(settling.settle, run, old, record, outcome)
        assert self.facts() == before

    @rule(second=st.booleans())
    def advances(self, second: bool) -> None:
        run = self.runs[second]
        before = self.world.steps(run)
        work = self.world.advance(run)
        begun = [name for name, record in self.world.steps(run).items() if record.attempt > before[name].attempt]
        assert all(not before[name].state.settled for name in begun), "a settled step was started"
        assert all(before[name].state is StepState.OPEN for name in begun), "what is not open was started"
        assert {task.step.id for task in work.tasks} <= set(begun)
        self.tasks += [(run, work.run.token, task) for task in work.tasks]

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), outcome=outcomes)
    def settles(self, data: st.DataObject, outcome: Outcome) -> None:
        number = data.draw(st.integers(0, len(self.tasks) - 1))
        run, token, task = self.tasks.pop(number)
        current = self.world.run(run).token
        before = self.facts()
        try:
            self.world.do(settling.settle, run, token, task.record, outcome)
        except Fenced:
            assert token != current
            assert self.facts() == before
        else:
            assert token == current

    @rule(good=st.booleans())
    def delivers(self, good: bool) -> None:
        for effect in self.world.ask(lambda tx: tx.effects.find(kind="notify", state=("pending", "sending"))):
            if good:
                self.world.do(delivery.conclude, effect, Delivered({"found": "told"}))
            else:
                self.world.do(delivery.bury, effect, "no such channel")

    @rule(second=st.booleans())
    def tries_again(self, second: bool) -> None:
        self.world.do(delivery.revive, self.runs[second])

    # What always holds.

    def facts(self) -> Facts:
        return self.world.ask(
            lambda tx: (tx.runs.find(), tx.steps.find(), tx.gates.find(), tx.effects.find(), tx.timeline.head())
        )

    def records(self) -> list[StepRecord]:
        return self.world.ask(lambda tx: tx.steps.find())

    @invariant()
    def decisions_never_fall(self) -> None:
        for record in self.records():
            key = record.run_id, record.step_id
            assert record.decision >= self.decisions.get(key, 0)
            self.decisions[key] = record.decision

    @invariant()
    def an_environment_is_held_by_the_run_that_is_active(self) -> None:
        holder = self.world.ask(lambda tx: tx.locks.holder("production"))
        active = [run for run in map(self.world.run, self.runs) if run.state == "active"]
        assert [run.id for run in active] == ([holder] if holder else [])

    @invariant()
    def a_run_that_came_to_nothing_asks_nobody(self) -> None:
        for run in self.world.ask(lambda tx: tx.runs.find(state=("aborted", "cancelled", "failed"))):
            assert self.world.gates(run.id) == []

    @invariant()
    def a_step_is_asked_about_once_and_only_when_it_cannot_go_on(self) -> None:
        for gate in self.world.ask(lambda tx: tx.gates.find(state="open")):
            if gate.step_id:
                assert (
                    len(
                        self.world.ask(
                            lambda tx, g=gate: tx.gates.find(step_id=g.step_id, state="open", run_id=g.run_id)
                        )
                    )
                    == 1
                )  # type: ignore[misc]
                assert self.world.step(gate.run_id, gate.step_id).state in (StepState.FAILED, StepState.UNKNOWN)

    @invariant()
    def what_is_settled_says_by_whom_and_when(self) -> None:
        for record in self.records():
            if record.state.settled:
                assert record.by
                assert record.at
                assert not record.asked_by
            assert (record.state is StepState.SKIPPED) is (record.reason is not None)

    @invariant()
    def the_timeline_is_whole_and_only_grows(self) -> None:
        assert self.world.faults() == []
        length = self.world.ask(lambda tx: tx.timeline.head())[0]
        assert length >= self.length
        self.length = length


Walk.TestCase.settings = settings(
    max_examples=often(8, 400), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWalk = Walk.TestCase
