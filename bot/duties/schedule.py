"""The schedule: every duty that the clock does by itself, and when."""

from datetime import datetime, timedelta

from bot.domain import Domain
from bot.duties.ticks import Duty
from bot.holds.reminders import mind_holds
from bot.ports import Tx
from bot.power.refusals import tell_hours
from bot.restores.expire import expire

KEPT = timedelta(days=30)
"""How long effects that were done are kept."""
REMEMBERED = timedelta(days=3)
"""How long deliveries and ticks are remembered; Slack repeats an event for at most a day."""


def schedule(domain: Domain) -> tuple[Duty, ...]:
    """The duties of this installation; the runbook may bring some."""
    return (
        Duty("backups", "20 * * * *", expire, missed=timedelta(hours=1)),
        Duty("forget", "0 * * * *", forget, missed=timedelta(hours=1)),
        Duty("refusals", "1 * * * *", tell_hours, missed=timedelta(hours=1)),
        Duty("holds", "* * * * *", mind_holds, missed=timedelta(minutes=1)),
    )


def forget(domain: Domain, tx: Tx, instant: datetime) -> None:
    """Drop what nothing asks for any more: the timeline keeps what happened."""
    tx.claims.forget(tx.now - REMEMBERED)
    tx.effects.forget(tx.now - KEPT)
