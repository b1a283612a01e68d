"""What the status page makes of what happens to incidents."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.incidents.events import (
    BecameConfidential,
    IncidentClosed,
    IncidentDeclared,
    IncidentReopened,
    IncidentResolved,
    SeverityChanged,
)
from bot.ports import Tx
from bot.status.publish import WAKE, note_reopened, publish_at_once

Changed = BecameConfidential | IncidentClosed | IncidentResolved


def show_declared(domain: Domain, tx: Tx, event: IncidentDeclared) -> None:
    """Some severities are public from the start."""
    publish_at_once(domain, tx, event.incident)


def show_severity(domain: Domain, tx: Tx, event: SeverityChanged) -> None:
    """It has another name and impact there."""
    publish_at_once(domain, tx, event.incident)
    tx.wake(WAKE)


def show_reopened(domain: Domain, tx: Tx, event: IncidentReopened) -> None:
    """What was over is not."""
    note_reopened(tx, event.incident)
    tx.wake(WAKE)


def show(domain: Domain, tx: Tx, event: Changed) -> None:
    """Something on the page is different now."""
    tx.wake(WAKE)


SUBSCRIBERS = (
    on(IncidentDeclared, show_declared),
    on(SeverityChanged, show_severity),
    on(IncidentReopened, show_reopened),
    on(BecameConfidential, show),
    on(IncidentResolved, show),
    on(IncidentClosed, show),
)
