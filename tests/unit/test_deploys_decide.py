"""Deciding about deploys and rollbacks."""

from typing import Any

import pytest
from domain_world import ALICE, BRUNO, CARLA, FABIO, World

from bot.deploys.history import log, queries
from bot.deploys.history.verdicts import verdicts
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.deploys.rollbacks import decide
from bot.deploys.rollbacks.confirmation import confirm_rollback
from bot.errors import Refusal
from bot.people import Actor
from bot.runs import stopping
from bot.runs.model import Run, RunState, StepState
from bot.runs.outcome import Failed
from bot.runs.start import finish


def waiting(world: World, *, ticked: bool = True, by: Actor = BRUNO) -> Run:
    """A deploy whose first checklist is ticked."""
    run = world.do(request_deploy, by, Asked("all", "C1"))
    if ticked:
        world.tick_all(run.id, "before")
    return run


def started(world: World) -> Run:
    """A deploy that was approved and runs."""
    run = waiting(world)
    world.approve(run.id)
    return world.start(run.id)


FOUND = {
    "live": "dpl_3",
    "recommended": "dpl_2",
    "verified": True,
    "deployments": [{"id": f"dpl_{number}"} for number in (3, 2, 1)],
}


def rollback(world: World, target: str = "api", listed: tuple[str, ...] = ("api",)) -> Run:
    """A rollback that shows where it can go."""
    run = world.do(request_rollback, BRUNO, Asked(target, "C1"))
    step = next(iter(world.steps(run.id)))
    world.set_step(run.id, step, detail={"services": dict.fromkeys(listed, FOUND)})
    return run


def test_a_rollback_goes_where_it_is_recommended(world: World) -> None:
    run = rollback(world)
    started = world.confirm(run.id, BRUNO)
    assert (started.state, started.inputs.choice) == (RunState.ACTIVE, {"api": "dpl_2"})


def test_or_where_a_person_chose(world: World) -> None:
    run = rollback(world)
    world.do(decide.choose, BRUNO, run.id, "api", "dpl_1")
    assert world.confirm(run.id).inputs.choice == {"api": "dpl_1"}


def test_what_is_not_shown_cannot_be_chosen(world: World) -> None:
    run = rollback(world)
    with pytest.raises(Refusal, match="not among the deployments"):
        world.do(decide.choose, BRUNO, run.id, "api", "dpl_9")


def test_a_service_without_a_choice_holds_it_back(world: World) -> None:
    run = rollback(world, "all")
    with pytest.raises(Refusal, match="No deployment has been chosen for web"):
        world.confirm(run.id, BRUNO)
    assert world.run(run.id).state is RunState.WAITING


@pytest.mark.parametrize("operation", ["confirm", "choose"])
def test_a_rollback_takes_a_role(world: World, operation: str) -> None:
    run = rollback(world)
    act: Any = {"confirm": (confirm_rollback, ""), "choose": (decide.choose, "api", "dpl_1")}[operation]
    with pytest.raises(Refusal, match="You may not roll back"):
        world.do(act[0], FABIO, run.id, *act[1:])


def test_a_choice_after_the_start_changes_nothing(world: World) -> None:
    run = rollback(world)
    world.confirm(run.id, BRUNO)
    with pytest.raises(Refusal, match="is already active"):
        world.do(decide.choose, BRUNO, run.id, "api", "dpl_1")


@pytest.mark.parametrize("actor", [BRUNO, ALICE])
def test_a_waiting_run_is_called_off_by_the_requester_or_by_a_role(world: World, actor: Actor) -> None:
    run = waiting(world)
    assert world.do(stopping.cancel, actor, run.id).state is RunState.CANCELLED
    assert world.gates(run.id) == []


def test_others_cannot_call_it_off(world: World) -> None:
    run = waiting(world)
    with pytest.raises(Refusal, match="You may not cancel this"):
        world.do(stopping.cancel, CARLA, run.id)


def test_a_run_that_stands_still_is_aborted(world: World) -> None:
    run = started(world)
    assert world.do(stopping.cancel, BRUNO, run.id).state is RunState.ABORTED
    assert world.ask(lambda tx: tx.locks.holder("production")) is None


def test_a_run_with_a_running_step_ends_when_the_step_has(world: World) -> None:
    run = started(world)
    world.take(run.id)
    assert [task.step.id for task in world.advance(run.id).tasks] == ["update_branch"]
    assert world.do(stopping.cancel, ALICE, run.id).state is RunState.ACTIVE
    assert world.advance(run.id).run.state is RunState.ACTIVE
    world.settle(run.id, "update_branch", Failed("stopped"))
    assert world.advance(run.id).run.state is RunState.ABORTED
    assert world.ask(lambda tx: tx.locks.holder("production")) is None
    assert world.gates(run.id) == []


@pytest.mark.parametrize("number", [1, 4711])
def test_what_has_ended_or_never_was_cannot_be_called_off(world: World, number: int) -> None:
    world.do(stopping.cancel, BRUNO, waiting(world).id)
    with pytest.raises(Refusal, match="has already ended"):
        world.do(stopping.cancel, BRUNO, number)


def test_what_runs_and_what_ran(world: World) -> None:
    first, second = waiting(world), rollback(world)
    world.declare()
    world.do(stopping.cancel, BRUNO, first.id)
    assert [each.run.id for each in world.do(queries.running)] == [second.id]
    assert [entry.run.id for entry in world.do(log.entries)] == [second.id, first.id]


@pytest.mark.parametrize(
    ("smoke", "state", "expected"),
    [
        (StepState.DONE, RunState.DONE, {"dpl_7": "healthy"}),
        (StepState.FAILED, RunState.ABORTED, {"dpl_7": "unhealthy"}),
        (StepState.OPEN, RunState.ABORTED, {}),
        (StepState.DONE, RunState.ABORTED, {}),
    ],
)
def test_a_deployment_is_verified_only_by_a_run_that_looked_and_was_done(
    world: World, smoke: StepState, state: RunState, expected: dict[str, str]
) -> None:
    run = started(world)
    steps = {step.id: step for _, step in world.domain.runbook.procedure("deploy").steps()}
    live = next(each for each in steps.values() if each.kind == "vercel.wait_alias" and each.service == "api")
    world.set_step(run.id, live.id, state=StepState.DONE, detail={"deployment": "dpl_7"})
    world.seen_live(run.id, "api", "dpl_7")
    for check in (each for each in steps.values() if each.kind == "health.check"):
        world.set_step(run.id, check.id, state=smoke)
    world.do(finish, run, state)
    assert world.do(verdicts) == expected
