"""A run that waits always has a time at which it is called off, whatever becomes of its approval."""

from domain_world import ALICE, BRUNO, World

from bot.deploys.request import Asked, request_deploy
from bot.duties.timers import fire
from bot.holds import holds
from bot.runs.model import Run, RunState


def due(world: World) -> None:
    """Fire what is due now."""
    for timer in world.ask(lambda tx: tx.timers.due(world.now)):
        world.do(fire, timer.id)


def pending(world: World, run: Run) -> int:
    return len(world.ask(lambda tx: tx.timers.find(run_id=run.id, state="pending")))


def approved_late_and_held(world: World) -> Run:
    """Asked for at 0:00, approved at 23:50, and held by a freeze."""
    run = world.do(request_deploy, BRUNO, Asked("api", "C1"))
    world.tick_all(run.id, "before")
    world.do(holds.put, ALICE, "freeze", "the fair")
    world.wait(hours=23, minutes=50)
    world.approve(run.id)
    return world.start(run.id)


def test_the_time_of_the_request_takes_no_approved_run_and_is_not_the_last_timer(world: World) -> None:
    run = approved_late_and_held(world)
    world.wait(minutes=10)
    due(world)
    assert (world.run(run.id).state, pending(world, run)) == (RunState.WAITING, 2)


def test_an_approval_that_expires_leaves_time_to_approve_again_and_then_an_end(world: World) -> None:
    run = approved_late_and_held(world)
    world.wait(hours=24)
    due(world)
    assert (world.run(run.id).approved_by, world.run(run.id).state) == (None, RunState.WAITING)
    world.wait(hours=23)
    due(world)
    assert world.run(run.id).state is RunState.WAITING
    world.wait(hours=1)
    due(world)
    assert world.run(run.id).state is RunState.CANCELLED


def test_a_run_that_is_approved_and_held_again_and_again_has_a_timer_at_every_hour(world: World) -> None:
    run = approved_late_and_held(world)
    for hour in range(100):
        world.wait(hours=1)
        due(world)
        if hour % 30 == 0 and world.run(run.id).state is RunState.WAITING and not world.run(run.id).approved_by:
            world.approve(run.id)
        ended = world.run(run.id).state.ended
        assert ended or pending(world, run) > 0
