"""The lock that a rollback puts on deploys, and its end when the rollback is undone."""

from bot.domain import Domain
from bot.domain.messages import tell
from bot.holds.events import HoldsChanged
from bot.holds.holds import LOCK, place, standing
from bot.people import ROBOT
from bot.ports import Tx
from bot.production.inputs.rollback import RollbackInputs
from bot.runs.model import Run
from bot.text import say


def lock_after_rollback(domain: Domain, tx: Tx, run: Run) -> None:
    """Keep deploys away from what was rolled back; after an undo or a promote, end that instead."""
    if RollbackInputs.of(run).unpins:
        _unlock(domain, tx)
    elif standing(tx, LOCK) is None:
        reason = say(
            "run {id} rolled production back ({title}); investigate before unlocking", id=run.id, title=run.title
        )
        place(domain, tx, ROBOT, LOCK, reason)


def _unlock(domain: Domain, tx: Tx) -> None:
    lock = standing(tx, LOCK)
    if lock and lock.owner == ROBOT.user:
        tx.holds.remove(lock.environment, LOCK)
        tx.timeline.record("hold.lifted", ROBOT, None, hold=LOCK, environment=lock.environment, reason=lock.reason)
        domain.publish(tx, HoldsChanged(lock.environment))
        tell(tx, "devops", say("🔓 NeonOps removed its deploy lock ({why})", why=lock.reason))
