"""Undoing a rollback: both deployments are named, what failed is said, and it is confirmed as it was shown."""

from dataclasses import replace

import pytest
from card_states import refused_view
from domain_world import ALICE, BRUNO, FABIO, World

from bot.deploys.rollbacks import confirmation, decide, undo
from bot.errors import Refusal
from bot.production import periods
from bot.production.inputs.rollback import Emergency, RollbackInputs
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import finish
from bot.timeline.wording import event_words
from handlers.slack.rollbacks.undo import undo_form

MADE = {"id": "dpl_new", "sha": "c0ffee0", "message": "Cache the agenda", "author": "Rui", "created_at": ""}


def rolled_back(world: World, *, failed: str | None = "3 of 4 checks failed", why: str | None = None) -> Run:
    """A deploy that was live (and failed its checks), and a rollback of it that has ended."""
    first = world.begin("deploy", channel="C1", targets=("api",))
    world.seen_live(first.id, "api", "dpl_new", was_live="dpl_old")
    world.set_step(first.id, "api_deploy", state=StepState.DONE, detail={"deployment": "dpl_new", "made": MADE})
    if failed:
        world.set_step(first.id, "api_verify", state=StepState.FAILED, found=failed)
    world.do(finish, first, RunState.ABORTED if failed else RunState.DONE)
    inputs = RollbackInputs(choice={"api": "dpl_old"}, emergency=Emergency(BRUNO.user, "", why) if why else None)
    back = world.begin("rollback", channel="C1", targets=("api",), inputs=inputs)
    asked = {"deployment": "dpl_old", "before": "dpl_new", "was_live": "dpl_new", "state": "requested"}
    world.set_step(back.id, "api_rollback", state=StepState.DONE, started_at=world.now, detail=asked)
    world.seen_live(back.id, "api", "dpl_old", was_live="dpl_new")
    world.do(finish, back, RunState.DONE)
    return world.run(back.id)


def plan(world: World, run: Run) -> tuple[undo.Return, ...]:
    return world.do(undo.plan_undo, BRUNO, run.id)


def test_it_names_both_and_says_what_failed(world: World) -> None:
    (each,) = plan(world, rolled_back(world))
    assert (each.leaves, each.returns) == ("dpl_old", "dpl_new")
    assert each.returns_name == "c0ffee0 Cache the agenda (dpl_new)"
    assert each.trouble == ("Run 1 failed at ‹Verify deployment›: 3 of 4 checks failed",)


def test_why_it_was_an_emergency_is_said_too(world: World) -> None:
    (each,) = plan(world, rolled_back(world, failed=None, why="payments fail"))
    assert "It was rolled back as an emergency by run 2: payments fail" in each.trouble


def test_the_form_is_what_slack_takes_and_has_to_be_ticked(world: World) -> None:
    run = rolled_back(world, failed="<!channel> `down`")
    found = plan(world, run)
    form = undo_form(run.id, found, undo.fingerprint(found))
    assert refused_view(form) == []
    assert "&lt;!channel&gt;" in str(form)
    assert form["blocks"][-1]["element"]["type"] == "checkboxes"


def test_who_may_roll_back_no_more_undoes_no_earlier_rollback(world: World) -> None:
    run = rolled_back(world)
    permissions = {**world.domain.runbook.permissions, "rollback": ("cto",)}
    book = world.domain.runbook.model_copy(update={"permissions": permissions})
    world.domain = replace(world.domain, loaded=replace(world.domain.loaded, runbook=book, version="another"))
    with pytest.raises(Refusal, match="You may not undo a rollback"):
        plan(world, run)


def test_it_starts_when_it_is_confirmed_as_it_was_shown(world: World) -> None:
    run = rolled_back(world)
    made = world.do(undo.undo_rollback, BRUNO, run.id, undo.fingerprint(plan(world, run)))
    assert (made.state, made.inputs) == (RunState.ACTIVE, RollbackInputs(choice={"api": "dpl_new"}, undoes=run.id))
    assert "rollback.undone" in world.kinds(made.id)


def test_what_changed_since_the_form_was_opened_starts_nothing(world: World) -> None:
    run = rolled_back(world)
    shown = undo.fingerprint(plan(world, run))
    world.set_step(1, "api_verify", found="4 of 4 checks failed")
    with pytest.raises(Refusal, match="something changed since the form was opened"):
        world.do(undo.undo_rollback, BRUNO, run.id, shown)


def test_production_that_was_moved_since_is_not_undone(world: World) -> None:
    run = rolled_back(world)
    later = world.begin("deploy", targets=("api",))
    world.seen_live(later.id, "api", "dpl_next", was_live="dpl_old")
    with pytest.raises(Refusal, match=f"Run {later.id} moved production after this rollback"):
        plan(world, run)


def test_it_takes_the_role(world: World) -> None:
    run = rolled_back(world)
    with pytest.raises(Refusal, match="You may not undo a rollback"):
        world.do(undo.plan_undo, FABIO, run.id)
    assert world.do(undo.plan_undo, ALICE, run.id)


@pytest.fixture
def careful(world: World) -> World:
    """Rollbacks take a second person."""
    book = world.domain.runbook
    book = book.model_copy(update={"rollbacks": book.rollbacks.model_copy(update={"approval": True})})
    world.domain = replace(world.domain, loaded=replace(world.domain.loaded, runbook=book))
    return world


def asked(world: World) -> Run:
    """An undo that Bruno asked for, and that waits for somebody else."""
    run = rolled_back(world)
    world.wait(minutes=1)
    return world.do(undo.undo_rollback, BRUNO, run.id, undo.fingerprint(plan(world, run)))


def test_with_approval_somebody_else_confirms_an_undo(careful: World) -> None:
    made = asked(careful)
    assert made.state is RunState.WAITING
    assert made.inputs.told == ("⚠️ Run 1 failed at ‹Verify deployment›: 3 of 4 checks failed",)
    with pytest.raises(Refusal, match="another person must confirm it"):
        careful.confirm(made.id, BRUNO)
    started = careful.confirm(made.id, ALICE)
    assert (started.state, started.approved_by) == (RunState.ACTIVE, ALICE.user)
    (begun,) = [each for each in careful.events(made.id) if each.kind == "rollback.undone"]
    assert event_words(begun).startswith("started to undo the rollback of run 2: API → ")


def test_an_undo_that_waits_is_asked_for_once_and_goes_where_it_said(careful: World) -> None:
    made = asked(careful)
    with pytest.raises(Refusal, match=f"run {made.id} waits for another person to confirm it"):
        careful.do(undo.undo_rollback, ALICE, 2, undo.fingerprint(plan(careful, careful.run(2))))
    with pytest.raises(Refusal, match="its target was set when it was requested"):
        careful.do(decide.choose, ALICE, made.id, "api", "dpl_other")


def test_an_undo_that_waits_does_not_outlive_what_it_undoes(careful: World) -> None:
    made = asked(careful)
    careful.wait(minutes=1)
    careful.do(confirmation.confirm_rollback, ALICE, made.id, careful.shown(made.id))
    later = careful.begin("deploy", targets=("api",), started_at=careful.now)
    careful.do(finish, later, RunState.DONE)
    careful.do(confirmation.start_rollback, made.id, careful.ahead(made.id))
    waits = careful.run(made.id)
    assert (waits.state, waits.approved_by) == (RunState.WAITING, None)
    assert waits.inputs.voided == f"run {later.id} has run since it was requested"
    with pytest.raises(Refusal, match="request it again"):
        careful.confirm(made.id, ALICE)


def test_an_undo_that_waits_does_not_move_what_somebody_moved_outside(careful: World) -> None:
    made = asked(careful)
    careful.ask(lambda tx: periods.observe(tx, "api", "dpl_by_hand", careful.now))
    with pytest.raises(Refusal, match="what that rollback went back to is no longer live"):
        careful.confirm(made.id, ALICE)
