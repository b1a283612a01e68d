"""Reminders of legal clocks, before they are due and when they are."""

from datetime import timedelta

from bot.alerts.calling import call_people
from bot.alerts.model import Call
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import Timer
from bot.effects.outgoing import RUN, Outgoing
from bot.incidents.conduct import run_of
from bot.incidents.model import Incident
from bot.incidents.roles import leader_of
from bot.legal.clocks import KIND, legal_of
from bot.legal.model import ClockState, LegalClock
from bot.people import ROBOT
from bot.ports import Tx
from bot.text import moment, say, span

LATE = timedelta(minutes=1)
"""What a reminder may be late without saying so."""


def clock_due(domain: Domain, tx: Tx, timer: Timer) -> None:
    """Remind of a clock that still runs; of several reminders that passed together only the last one is said."""
    clock = tx.rows(LegalClock).get(timer.payload["clock"])
    if clock is None or clock.state is not ClockState.RUNNING or clock.due_at is None or _comes_again(tx, timer):
        return
    incident = tx.incidents.get(clock.incident)
    assert incident, "a clock is of an incident"
    run = run_of(tx, incident)
    words = reminder_words(domain, tx, clock, timer)
    tx.timeline.record("legal.reminded", ROBOT, run.id, clock=clock.text, due_at=clock.due_at.isoformat())
    tx.cards.touch(run.id)
    people = _people(domain, tx, incident)
    if people:
        call_people(domain, tx, run, people, Call(f"legal:{timer.key}", 1, 0, words), pages=False)
    else:
        plan_message(tx, Outgoing((RUN,), "legal.reminded", {"words": words}), f"run:{run.id}:say", run_id=run.id)


def _comes_again(tx: Tx, timer: Timer) -> bool:
    """Whether a later reminder of the same clock is due by now, too."""
    waiting = tx.timers.find(run_id=None, kind=KIND, state="pending")
    of_clock = (each for each in waiting if each.payload["clock"] == timer.payload["clock"])
    return any(timer.due_at < each.due_at <= tx.now for each in of_clock)


def _people(domain: Domain, tx: Tx, incident: Incident) -> list[str]:
    """Who holds the roles that are reminded, and who leads, by their short names."""
    leader = leader_of(domain.runbook_of(tx, run_of(tx, incident)), incident)
    lead = domain.team.key_of(slack=leader or "")
    return list(dict.fromkeys([*domain.team.holders(legal_of(domain).reminded), *([lead] if lead else [])]))


def reminder_words(domain: Domain, tx: Tx, clock: LegalClock, timer: Timer) -> str:
    """What is said of a clock that is due, or soon will be; late, it says how late."""
    assert clock.due_at
    due, left = moment(clock.due_at, domain.zone), clock.due_at - tx.now
    said = {"clock": clock.text, "source": clock.source, "due": due, "id": clock.incident}
    if left < -LATE:
        return say("legal deadline of incident {id} passed {late} ago and is not met: {clock} ({source}), "
                   "due {due}. A lawyer decides what to do.", late=span(-left), **said)  # fmt: skip
    if left <= timedelta(0):
        return say("legal deadline of incident {id}: {clock} ({source}) is due now and is not met. A lawyer decides.",
                   **said)  # fmt: skip
    words = say("legal deadline of incident {id} in {left}: {clock} ({source}), due {due}. A lawyer decides.",
                left=span(left), **said)  # fmt: skip
    late = tx.now - timer.due_at
    return say("{words} This reminder is {late} late.", words=words, late=span(late)) if late > LATE else words


TIMERS = {KIND: clock_due}
