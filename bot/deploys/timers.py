"""The timers of deploys and rollbacks."""

from bot.deploys import monitoring
from bot.deploys.approval.approve import expire
from bot.deploys.ending import pending_moves
from bot.deploys.rollbacks.abort import when_failed
from bot.domain import Domain
from bot.effects import Timer
from bot.ports import Tx
from bot.production.periods import LATE


def approval_over(domain: Domain, tx: Tx, timer: Timer) -> None:
    """An approval was not used in time."""
    expire(domain, tx, timer.of_run)


def failed_for_long(domain: Domain, tx: Tx, timer: Timer) -> None:
    """A deploy has stood failed as long as the runbook's policy allows."""
    when_failed(domain, tx, timer.of_run)


TIMERS = {"approval": approval_over, "rollback": failed_for_long, "watch": monitoring.fire, LATE: pending_moves.fire}
