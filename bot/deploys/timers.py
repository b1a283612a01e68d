"""The timers of deploys and rollbacks."""

from bot.deploys import watch
from bot.deploys.approval.approve import expire
from bot.deploys.ending import late
from bot.deploys.rollbacks.back import when_failed
from bot.effects import Timer
from bot.office import Office
from bot.ports import Tx
from bot.production.periods import LATE


def approval_over(office: Office, tx: Tx, timer: Timer) -> None:
    """An approval was not used in time."""
    expire(office, tx, timer.of_run)


def failed_for_long(office: Office, tx: Tx, timer: Timer) -> None:
    """A deploy has stood failed as long as the runbook's policy allows."""
    when_failed(office, tx, timer.of_run)


TIMERS = {"approval": approval_over, "rollback": failed_for_long, "watch": watch.fire, LATE: late.fire}
