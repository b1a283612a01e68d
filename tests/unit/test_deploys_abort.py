"""Aborting a deploy at any step and rolling back what it made live; taking production over; what stays."""

from dataclasses import replace
from typing import Any

import pytest
from card_states import refused
from domain_world import ALICE, BRUNO, FABIO, World

from bot.deploys.ending import follow_up
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.deploys.rollbacks import abort, confirmation
from bot.deploys.schema.unreverted import schema_left
from bot.errors import Refusal
from bot.people import ROBOT
from bot.production.inputs.deploy import DeployInputs, Facts
from bot.runs import stopping
from bot.runs.checklist.nested import start_from_step
from bot.runs.model import Run, RunState, StepState
from bot.runs.outcome import Done, Failed, Unknown
from bot.runs.start import finish
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw

MOVED = {"deployment": "dpl_new", "before": "dpl_old", "state": "requested"}


def deploy(world: World, upto: str, **facts: Any) -> Run:
    """A deploy of the API that runs, and stands before this step."""
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    world.tick_all(run.id, "before")
    found = world.facts(**facts)
    world.approve(run.id, facts=found)
    run = world.start(run.id, found)
    world.take(run.id)
    while task := next(iter(world.advance(run.id).tasks), None):
        if task.step.id == upto:
            return world.run(run.id)
        moved = task.step.kind == "vercel.promote"
        world.settle(run.id, task.step.id, Done(detail=MOVED if moved else {}))
    return world.run(run.id)


def rolled_back(world: World) -> Run:
    return world.ask(lambda tx: tx.runs.find(kind="rollback", order="-id", limit=1))[0]


def test_at_a_step_that_runs_it_is_stopped_first_and_rolled_back_then(world: World) -> None:
    run = deploy(world, "api_verify")
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    assert world.run(run.id).state is RunState.ACTIVE
    world.settle(run.id, "api_verify", Failed("stopped"))
    world.advance(run.id)
    assert world.run(run.id).state is RunState.ABORTED
    made = rolled_back(world)
    assert (made.state, made.inputs.choice, made.requested_by) == (RunState.ACTIVE, {"api": "dpl_old"}, BRUNO.user)
    assert world.ask(lambda tx: tx.locks.holder("production")) == made.id


def test_at_a_persons_step_it_is_rolled_back_at_once(world: World) -> None:
    run = deploy(world, "")
    assert world.step(run.id, "user_flows").state is StepState.OPEN
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    assert (world.run(run.id).state, rolled_back(world).state) == (RunState.ABORTED, RunState.ACTIVE)


@pytest.mark.parametrize(
    ("outcome", "choice"),
    [(Done(detail=MOVED), {"api": "dpl_old"}), (Unknown("lost", MOVED), {"api": "dpl_old"}), (Failed("refused"), None)],
)
def test_a_promote_is_let_finish_and_decides_what_goes_back(world: World, outcome: Any, choice: Any) -> None:
    run = deploy(world, "api_promote")
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    world.settle(run.id, "api_promote", outcome)
    world.advance(run.id)
    assert world.run(run.id).state is RunState.ABORTED
    found = world.ask(lambda tx: tx.runs.find(kind="rollback"))
    assert [each.inputs.choice for each in found] == ([choice] if choice else [])


def test_a_stop_of_the_bot_before_the_end_loses_neither(world: World) -> None:
    run = deploy(world, "api_verify")
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    world.take(run.id)
    world.advance(run.id)
    assert (world.run(run.id).state, rolled_back(world).state) == (RunState.ABORTED, RunState.ACTIVE)
    assert len(world.ask(lambda tx: tx.runs.find(kind="rollback"))) == 1


def test_nothing_that_is_not_live_is_rolled_back(world: World) -> None:
    run = deploy(world, "api_deploy")
    with pytest.raises(Refusal, match="nothing to roll back"):
        world.do(abort.abort_and_roll_back, BRUNO, run.id)
    assert not world.run(run.id).inputs.stop


def test_it_takes_the_role_and_is_done_once(world: World) -> None:
    run = deploy(world, "api_verify")
    with pytest.raises(Refusal, match="You may not roll back"):
        world.do(abort.abort_and_roll_back, FABIO, run.id)
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    with pytest.raises(Refusal, match="already being aborted"):
        world.do(abort.abort_and_roll_back, ALICE, run.id)


def test_a_cancelled_deploy_can_still_be_rolled_back(world: World) -> None:
    run = deploy(world, "api_verify")
    world.do(stopping.cancel, BRUNO, run.id)
    world.do(abort.abort_and_roll_back, BRUNO, run.id)
    world.settle(run.id, "api_verify", Failed("stopped"))
    world.advance(run.id)
    assert rolled_back(world).inputs.choice == {"api": "dpl_old"}


def test_the_policy_does_not_interfere_with_a_deploy_that_ends(world: World) -> None:
    run = deploy(world, "api_verify")
    world.settle(run.id, "api_verify", Failed("down"))
    world.set_step(run.id, "api_verify", attempt=3, state=StepState.STARTED)
    world.settle(run.id, "api_verify", Failed("down"))
    world.do(abort.when_failed, run.id)
    assert rolled_back(world).requested_by == ROBOT.user


# What somebody waits for.


def waiting(world: World, **more: Any) -> Run:
    return world.do(request_rollback, BRUNO, Asked("api", "C1", deployment="dpl_1", **more))


def test_a_waiting_rollback_gives_way_to_that_of_the_deploy_and_leaves_it_its_place(world: World) -> None:
    run = deploy(world, "api_verify")
    incident = world.declare()
    world.do(start_from_step, BRUNO, world.run(incident.run_id), "rollback")
    wait = rolled_back(world)
    world.do(abort.take_over, BRUNO, wait.id)
    world.settle(run.id, "api_verify", Failed("stopped"))
    world.advance(run.id)
    made = rolled_back(world)
    assert (made.parent_run, made.parent_step) == (incident.run_id, "rollback")
    assert world.run(wait.id).state is RunState.CANCELLED
    assert world.step(incident.run_id, "rollback").state is StepState.STARTED


def test_it_goes_on_itself_when_nothing_of_the_deploy_is_live_and_it_is_known_where_to(world: World) -> None:
    run = deploy(world, "build")
    wait = waiting(world)
    world.do(abort.take_over, BRUNO, wait.id)
    world.settle(run.id, "build", Failed("stopped"))
    world.advance(run.id)
    assert world.run(run.id).state is RunState.ABORTED
    assert not world.run(wait.id).inputs.confirmed
    world.takes(wait.id, api="dpl_1")
    world.do(confirmation.looked, wait.id, world.ahead(wait.id))
    assert world.run(wait.id).inputs.confirmed.by == BRUNO.user
    world.do(confirmation.start_rollback, wait.id, world.ahead(wait.id))
    assert world.run(wait.id).state is RunState.ACTIVE


def test_a_confirmation_while_a_deploy_has_production_says_what_can_be_done(world: World) -> None:
    deploy(world, "build")
    wait = waiting(world)
    world.takes(wait.id, api="dpl_1")
    with pytest.raises(Refusal, match="abort it with the button"):
        world.confirm(wait.id, BRUNO)


def test_production_that_is_free_again_is_not_taken_over(world: World) -> None:
    wait = waiting(world)
    with pytest.raises(Refusal, match="the other run has ended"):
        world.do(abort.take_over, BRUNO, wait.id)


def test_a_cancelled_run_calls_off_what_its_step_started(world: World) -> None:
    run = deploy(world, "build")
    world.do(start_from_step, BRUNO, run, "backups_verified")
    child = world.ask(lambda tx: tx.runs.find(parent_run=run.id))[0]
    world.do(stopping.cancel, BRUNO, run.id)
    assert world.run(child.id).state is RunState.ABORTED
    world.settle(run.id, "build", Failed("stopped"))
    world.advance(run.id)
    assert world.run(run.id).state is RunState.ABORTED


# What stays.


@pytest.mark.parametrize(
    ("upto", "words"),
    [
        ("migrate", "may have been changed by this run (20_drop)"),
        ("api_deploy", "was changed by this run (20_drop)"),
        ("build", ""),
    ],
)
def test_what_the_deploy_did_to_the_schema_is_said(world: World, upto: str, words: str) -> None:
    run = deploy(world, upto, migrations=["20_drop"])
    found = schema_left(run, world.domain.runbook.procedure("deploy"), world.steps(run.id))
    assert words in found if words else found == ""


@pytest.mark.parametrize("upto", ["migrate", "api_build", "api_deploy", "api_promote", "api_verify"])
def test_no_name_of_a_migration_reaches_anybody_or_becomes_a_link(world: World, upto: str) -> None:
    run = deploy(world, upto, migrations=["1_<!channel>", "2_<https://evil.example|Approve>", "3_<@U03CARLA>"])
    for outcome in (None, Failed("boom")):
        if outcome:
            world.settle(run.id, upto, outcome)
        for card in world.ask(lambda tx: tx.cards.find(run_id=run.id)):
            view = world.do(read_view, card)
            assert view
            assert [each for each in refused(draw(view)) if "evil" in each or "channel" in each] == []
            assert "<@U03CARLA>" not in str(draw(view))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"live": "a" * 40, "sha": "a" * 40, "commits": []}, False),
        ({"live": "a" * 40, "sha": "b" * 40, "commits": ["bbbbbbb Second"]}, False),
        ({"live": "a" * 40, "sha": "b" * 40, "commits": []}, True),
        ({"live": None, "sha": "b" * 40, "commits": []}, True),
    ],
    ids=["redeployed", "no migration", "not compared", "live unknown"],
)
def test_a_deploy_without_migrations_changed_no_schema(world: World, facts: dict[str, Any], said: bool) -> None:
    run = deploy(world, "api_deploy", migrations=[])
    found = replace(run, inputs=DeployInputs(facts=Facts("", **facts)))
    assert bool(schema_left(found, world.domain.runbook.procedure("deploy"), world.steps(run.id))) is said


def test_the_announcement_of_an_aborted_deploy_says_it_too(world: World) -> None:
    run = deploy(world, "api_deploy", migrations=["20_drop"])
    world.do(finish, run, RunState.ABORTED)
    world.do(follow_up.tell_end, world.run(run.id))
    announced = world.messages("deploy.ended", run_id=run.id)
    assert "(20_drop) and is not rolled back" in announced[0].data["left"]


def test_the_outcome_of_a_rollback_names_what_moved_and_how_long_it_took(world: World) -> None:
    incident = world.declare()
    world.do(start_from_step, BRUNO, world.run(incident.run_id), "rollback")
    run = rolled_back(world)
    choice = {"api": "dpl_1", "web": "dpl_2"}
    run = world.ask(lambda tx: tx.runs.save(run, inputs=replace(run.inputs, choice=choice)))
    world.confirm(run.id)
    for step in ("api", "web"):
        asked = {**MOVED, "deployment": run.inputs.choice[step]}
        world.set_step(run.id, f"{step}_rollback", state=StepState.DONE, started_at=world.now, detail=asked)
        world.wait(seconds=40 if step == "api" else 32)
        world.seen_live(run.id, step, asked["deployment"])
    world.do(finish, world.run(run.id), RunState.DONE)
    world.do(follow_up.tell_end, world.run(run.id))
    found = world.step(incident.run_id, "rollback").found or ""
    assert "done in 1 min 12 s (API 40 s, Web Application 32 s)" in found
    assert [e.data["text"] for e in world.events(incident.run_id) if e.kind == "rollback.outcome"] == [found]


def test_a_rollback_that_did_not_work_leaves_its_item_open_and_can_be_started_again(world: World) -> None:
    incident = world.declare()
    world.do(start_from_step, BRUNO, world.run(incident.run_id), "rollback")
    first = rolled_back(world)
    world.do(finish, first, RunState.ABORTED)
    assert world.step(incident.run_id, "rollback").state is StepState.FAILED
    world.do(start_from_step, BRUNO, world.run(incident.run_id), "rollback")
    assert rolled_back(world).id > first.id
