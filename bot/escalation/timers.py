"""The timers of the escalation: who is next is said, and then called."""

from bot.domain import Domain
from bot.effects import Timer
from bot.escalation.calling import (
    DUE,
    NOBODY_LEFT,
    REMIND,
    Escalation,
    call_next,
    escalation_of,
    late_words,
    remind,
    start,
    tell_all_called,
)
from bot.ports import Tx
from bot.text import say, side_by_side, span


def next_is_due(domain: Domain, tx: Tx, timer: Timer) -> None:
    """Nobody is on it, and the next level's time has come; or there is nobody left to call."""
    now = escalation_of(domain, tx, timer.of_run)
    if now is None or not _meant(now, timer):
        return
    waited = say("nobody has acknowledged it for {time}", time=span(tx.now - now.incident.declared_at))
    why = side_by_side(waited, late_words(tx.now - timer.due_at), by="; ")
    if now.next:
        call_next(domain, tx, now.run.id, why)
    else:
        tell_all_called(tx, now, why)


def next_is_near(domain: Domain, tx: Tx, timer: Timer) -> None:
    """Nobody is on it, and the next level's time comes soon."""
    now = escalation_of(domain, tx, timer.of_run)
    level = now.next if now and _meant(now, timer) else None
    if now and level and level.due_at and level.due_at > tx.now:
        remind(tx, now, level, tx.now - timer.due_at)


def _meant(now: Escalation, timer: Timer) -> bool:
    """Whether the timer is about who is next, and the clock still runs."""
    key = str(now.next.level) if now.next else NOBODY_LEFT
    return now.runs and (key, now.round) == (timer.key, timer.payload.get("round"))


def begin_late(domain: Domain, tx: Tx, timer: Timer) -> None:
    """The response time of an incident that an earlier version declared, without levels, is over: they are called."""
    now = escalation_of(domain, tx, timer.of_run)
    if now and now.runs and not now.levels and now.incident.responded_at is None:
        start(domain, tx, now.run.id)


TIMERS = {DUE: next_is_due, REMIND: next_is_near, "response": begin_late}
