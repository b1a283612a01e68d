"""Holds of deploys as time goes by: one whose time is over ends, a lock that nobody ends is brought to mind."""

from datetime import datetime

from bot.domain import Domain
from bot.domain.messages import tell
from bot.holds.holds import LOCK, expire_hold
from bot.holds.model import Hold
from bot.people import ROBOT, mention
from bot.ports import Tx
from bot.power.standing import lost
from bot.text import say, span


def mind_holds(domain: Domain, tx: Tx, instant: datetime) -> None:
    """End the holds whose time is over, and remind of locks without an end."""
    for hold in tx.holds.find():
        if hold.expires_at and hold.expires_at <= tx.now:
            expire_hold(domain, tx, hold)
        elif hold.kind == LOCK and hold.expires_at is None:
            _remind(domain, tx, hold)


def _remind(domain: Domain, tx: Tx, hold: Hold) -> None:
    """Once in every interval of the runbook: the owner, or who talks about deploys when it is the bot's own lock."""
    every = domain.runbook.deploys.lock_reminder
    count = (tx.now - hold.taken_at) // every if every else 0
    if not count or not tx.claims.claim(f"lock:{hold.environment}:{hold.taken_at.isoformat()}:{count}"):
        return
    stood = span(tx.now - hold.taken_at)
    tx.timeline.record("hold.reminded", ROBOT, None, hold=hold.kind, owner=hold.owner, reason=hold.reason, stood=stood)
    if hold.owner == ROBOT.user:
        said = say("⏰ Deploys have been locked for {time}: {why}", time=stood, why=hold.reason)
        _say(tx, "devops", said, hold)
    elif gone := lost(domain, tx, hold.owner, say("lock deploys"), "lock"):
        said = say("⏰ Deploys have been locked for {time} by {who}, who {gone}: {why}", time=stood,
                   who=mention(hold.owner), gone=gone, why=hold.reason)  # fmt: skip
        _say(tx, "devops", said, hold)
    else:
        said = say("⏰ Your lock has blocked deploys for {time}: {why}", time=stood, why=hold.reason)
        _say(tx, hold.owner, said, hold)


def _say(tx: Tx, to: str, said: str, hold: Hold) -> None:
    """Say it with what the buttons need that end or keep the hold."""
    tell(tx, to, said, "hold.reminder", hold=[hold.environment, hold.kind, hold.taken_at.isoformat()])
