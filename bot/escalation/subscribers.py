"""What starts and stops the clock of the escalation."""

from bot.alerts.events import CallSettled
from bot.alerts.model import LEVEL
from bot.domain import Domain
from bot.domain.subscribing import on
from bot.escalation.calling import escalation_of, set_clock, settled, start, stop
from bot.incidents.events import (
    IncidentAcknowledged,
    IncidentClosed,
    IncidentDeclared,
    IncidentHandedBack,
    IncidentReopened,
    IncidentResolved,
    SeverityChanged,
)
from bot.ports import Tx


def begin(domain: Domain, tx: Tx, event: IncidentDeclared | IncidentHandedBack) -> None:
    """Nobody is on it."""
    start(domain, tx, event.run.id)


def begin_again(domain: Domain, tx: Tx, event: IncidentReopened) -> None:
    """It is not over, and nobody is on it."""
    start(domain, tx, event.incident.run_id)


def end(domain: Domain, tx: Tx, event: IncidentAcknowledged | IncidentResolved | IncidentClosed) -> None:
    """Somebody is on it, or it is over."""
    stop(domain, tx, event.incident.run_id)


def follow_severity(domain: Domain, tx: Tx, event: SeverityChanged) -> None:
    """It got worse: the levels are called anew, in the time of the new severity; else only the time is another."""
    now = escalation_of(domain, tx, event.run.id)
    if now and now.runs:
        (start if event.worse else set_clock)(domain, tx, event.run.id)


def hear(domain: Domain, tx: Tx, event: CallSettled) -> None:
    """It is known what became of calling a level."""
    settled(domain, tx, event.run.id, int(event.item.removeprefix(LEVEL)), event.step_attempt, event.rows)


SUBSCRIBERS = (
    on(IncidentDeclared, begin),
    on(IncidentHandedBack, begin),
    on(IncidentReopened, begin_again),
    on(IncidentAcknowledged, end),
    on(IncidentResolved, end),
    on(IncidentClosed, end),
    on(SeverityChanged, follow_severity),
    on(CallSettled, hear),
)
