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
from bot.status.publish import WAKE, note_reopened, publish, publish_at_once
from bot.status.push import plan_push, plan_withdrawal
from bot.updates.events import StatusUpdated
from bot.updates.model import Audience

Changed = IncidentClosed | IncidentResolved


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


def show_update(domain: Domain, tx: Tx, event: StatusUpdated) -> None:
    """Customers were told: the incident is public, if it may be."""
    if event.update.audience is Audience.CUSTOMERS:
        publish(tx, event.incident)
        plan_push(domain, tx, event.incident)


def show(domain: Domain, tx: Tx, event: Changed) -> None:
    """Something on the page is different now."""
    tx.wake(WAKE)


def push(
    domain: Domain,
    tx: Tx,
    event: IncidentDeclared | SeverityChanged | IncidentReopened | IncidentResolved | IncidentClosed,
) -> None:
    """Other providers are told what is new on the page: also of incidents that were merged into this one."""
    left = [event.incident]
    while left:
        incident = left.pop()
        plan_push(domain, tx, incident)
        left += tx.incidents.find(merged_into=incident.id)


def take_back(domain: Domain, tx: Tx, event: BecameConfidential) -> None:
    """Other providers keep nothing of it."""
    tx.wake(WAKE)
    plan_withdrawal(domain, tx, event.incident)


SUBSCRIBERS = (
    on(IncidentDeclared, show_declared, push),
    on(SeverityChanged, show_severity, push),
    on(IncidentReopened, show_reopened, push),
    on(BecameConfidential, take_back),
    on(IncidentResolved, show, push),
    on(IncidentClosed, show, push),
    on(StatusUpdated, show_update),
)
