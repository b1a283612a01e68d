"""What follows from the end of a deploy or rollback: the announcement, and after a rollback the lock and its undo."""

from bot.delivery import Deliver, Delivered
from bot.deploys import watch
from bot.deploys.holds import LOCK, place, standing, tell
from bot.deploys.live import moved
from bot.deploys.queue import look_again
from bot.effects import Effect
from bot.office import Office
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.items import mention
from bot.runs.model import Run, RunState
from bot.text import listing, say, span


def ended_deliverer() -> Deliver:
    """The deliverer of `run.ended`."""

    async def deliver(effect: Effect) -> Delivered:
        assert effect.run_id
        run_id = effect.run_id
        return Delivered(then=lambda office, tx: ended(office, tx, run_id))

    return deliver


def ended(office: Office, tx: Tx, run_id: int) -> None:
    """Say what happened where deploys are talked about, and keep deploys away from what was rolled back."""
    run = tx.runs.get(run_id)
    assert run
    _announce(office, tx, run)
    look_again(tx)
    watch.supersede_older(office, tx, run)
    if run.kind == "deploy" and run.state is RunState.DONE:
        watch.begin(office, tx, run)
    if run.kind == "rollback" and moved(office, tx, run):
        _after_undo(tx) if run.unpins else _after_rollback(tx, run)


def _announce(office: Office, tx: Tx, run: Run) -> None:
    icon = {RunState.DONE: "🟢", RunState.ABORTED: "🔴", RunState.FAILED: "🔴"}.get(run.state, "⚪")
    started = run.started_at or run.created_at
    lasted = span((run.ended_at or tx.now) - started)
    what = listing([f"{service} → {deployment}" for service, deployment in moved(office, tx, run).items()])
    words = say("{icon} {title}: {state} after {time}, asked for by {who}.", icon=icon, title=run.title,
                state=str(run.state), time=lasted, who=mention(run.requested_by))  # fmt: skip
    tell(tx, "devops", words + (say(" Live: {what}.", what=what) if what and run.state is RunState.DONE else ""))


def _after_rollback(tx: Tx, run: Run) -> None:
    if standing(tx, LOCK) is None:
        reason = say("run {id} rolled production back ({title}); find out why first", id=run.id, title=run.title)
        place(tx, ROBOT, LOCK, reason)


def _after_undo(tx: Tx) -> None:
    lock = standing(tx, LOCK)
    if lock and lock.owner == ROBOT.user:
        tx.holds.remove(lock.environment, LOCK)
        tx.timeline.record("hold.lifted", ROBOT, None, hold=LOCK, environment=lock.environment, reason=lock.reason)
