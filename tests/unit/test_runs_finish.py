"""Starting and ending runs: environments, gates, timers, and the step that started a run."""

from datetime import timedelta

import pytest
from domain_world import ALICE, BRUNO, World

from bot.deploys.request import Asked, request_deploy
from bot.errors import Refusal
from bot.incidents.declare import channel_opened
from bot.kinds import KINDS
from bot.runs import stopping
from bot.runs.checklist import items
from bot.runs.checklist.nested import start_from_step
from bot.runs.model import Gate, GateKind, Run, RunState, StepState
from bot.runs.start import activate, create_run, finish, open_required, records_of, show_cards


def asked(world: World) -> Run:
    return world.do(request_deploy, BRUNO, Asked("all", "C1"))


def active(world: World) -> Run:
    run = asked(world)
    return world.do(activate, run, ALICE)


def holder(world: World) -> int | None:
    return world.ask(lambda tx: tx.locks.holder("production"))


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED, RunState.ABORTED, RunState.CANCELLED])
def test_an_ended_run_holds_nothing(world: World, state: RunState) -> None:
    run = active(world)
    world.ask(lambda tx: tx.gates.add(Gate(0, run.id, GateKind.FAILED, world.now, "smoke")))
    world.ask(lambda tx: tx.timers.set("phase", "a", world.now + timedelta(hours=1), run.id))
    ended = world.do(finish, run, state, why="because")
    assert (ended.state, ended.ended_at, holder(world)) == (state, world.now, None)
    assert world.gates(run.id) == []
    assert {each.kind for each in world.ask(lambda tx: tx.timers.find(state="pending"))} == (
        {"watch"} if state is RunState.DONE else set()
    )
    assert [each.data["why"] for each in world.events(run.id) if each.kind == "run.ended"] == ["because"]


def test_the_items_for_afterwards_appear_when_a_run_is_done_only(world: World) -> None:
    first = world.do(finish, active(world), RunState.ABORTED)
    second = world.do(finish, active(world), RunState.DONE)
    pages = {run.id: [card.page for card in world.ask(lambda tx: tx.cards.find())] for run in (first, second)}
    shown = world.ask(lambda tx: [(card.run_id, card.page) for card in tx.cards.find()])
    assert (second.id, "after") in shown, pages
    assert (first.id, "after") not in shown


def test_two_runs_never_hold_one_environment(world: World) -> None:
    first, second = active(world), asked(world)
    with pytest.raises(Refusal, match=f"Production is in use by run {first.id} "):
        world.do(activate, second, ALICE)
    assert holder(world) == first.id
    world.do(finish, first, RunState.DONE)
    world.do(activate, second, ALICE)
    assert holder(world) == second.id


def test_a_waiting_run_holds_no_environment(world: World) -> None:
    asked(world)
    assert holder(world) is None


def test_cards_are_made_once(world: World) -> None:
    run = asked(world)
    procedure = world.domain.runbook.procedure(run.procedure)
    assert world.ask(lambda tx: show_cards(tx, run, procedure, "before", channel="C1")) == []
    assert len({card.op_id for card in world.ask(lambda tx: tx.cards.find())}) == 1


def rollback(world: World) -> tuple[Run, Run]:
    """An incident's run, and the rollback that its step started."""
    incident = world.declare()
    world.do(lambda _, tx: channel_opened(tx, incident.run_id, "C9", incident.channel_name))
    run = world.run(incident.run_id)
    return run, world.do(start_from_step, ALICE, run, "rollback")


def test_a_step_that_starts_a_procedure_is_ticked_by_its_success(world: World) -> None:
    parent, child = rollback(world)
    assert world.step(parent.id, "rollback").state is StepState.STARTED
    world.do(finish, child, RunState.DONE)
    record = world.step(parent.id, "rollback")
    assert (record.state, record.decision, record.by) == (StepState.DONE, 1, "neonops")


@pytest.mark.parametrize("state", [RunState.ABORTED, RunState.CANCELLED])
def test_a_step_that_started_a_procedure_that_came_to_nothing_can_be_started_again(
    world: World, state: RunState
) -> None:
    parent, child = rollback(world)
    world.do(finish, child, state)
    assert world.step(parent.id, "rollback").state is StepState.FAILED
    again = world.do(start_from_step, ALICE, world.run(parent.id), "rollback")
    assert again.parent_run == parent.id


def test_a_procedure_is_not_started_twice(world: World) -> None:
    parent, _ = rollback(world)
    with pytest.raises(Refusal, match="already started"):
        world.do(start_from_step, ALICE, parent, "rollback")


def test_a_tick_of_a_person_is_not_undone_by_the_outcome(world: World) -> None:
    parent, child = rollback(world)
    world.tick(parent.id, "rollback")
    world.do(stopping.cancel, ALICE, child.id)
    assert world.step(parent.id, "rollback").state is StepState.DONE


def test_only_the_required_items_of_the_stage_are_counted_as_open(world: World) -> None:
    run = world.run(world.declare("p2").run_id)
    procedure = world.domain.runbook.procedure("incident_p2")
    world.do(items.skip, ALICE, world.ref(run.id, "workaround"), "none")
    left = world.ask(lambda tx: open_required(procedure, run, records_of(tx, run.id), "main"))
    assert left
    assert "Implement temporary workaround if possible" not in left
    assert world.ask(lambda tx: open_required(procedure, run, records_of(tx, run.id), "before")) == []


def test_the_runbook_of_a_run_is_kept(world: World) -> None:
    run = asked(world)
    kept = world.ask(lambda tx: tx.runbooks.text(run.runbook_version))
    assert kept is not None
    assert kept[0] == world.domain.loaded.text


def test_a_run_has_a_row_for_every_step_of_its_targets_in_order(world: World) -> None:
    procedure = world.domain.runbook.procedure("deploy")
    draft = Run(0, "deploy", KINDS["deploy"], RunState.WAITING, "", "Deploy", "U1", world.now, targets=("api",))
    run = world.do(create_run, procedure, draft)
    wanted = [step.id for phase, step in procedure.steps() if "web" not in (phase.service, step.service)]
    assert list(world.steps(run.id)) == wanted
