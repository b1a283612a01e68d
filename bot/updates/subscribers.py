"""What updates make of what happens to incidents: when the next one is due, and what subscribers are told."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.incidents.events import IncidentDeclared, IncidentReopened, IncidentResolved, IncidentTold, SeverityChanged
from bot.incidents.telling import tell
from bot.ports import Tx
from bot.updates.due import last_at, set_due
from bot.updates.hearing import tell_subscribers
from bot.updates.look import for_customers
from bot.updates.model import UpdateStatus


def begin(domain: Domain, tx: Tx, event: IncidentDeclared) -> None:
    """The first update is due, and subscribers hear of the incident."""
    set_due(tx, event.incident, event.severity, event.incident.declared_at)
    tell_subscribers(domain, tx, event.incident, "incident.declared", {"severity": event.severity.id})


def follow_severity(domain: Domain, tx: Tx, event: SeverityChanged) -> None:
    """Another severity has other times."""
    set_due(tx, event.incident, event.severity, last_at(tx, event.incident))


def begin_again(domain: Domain, tx: Tx, event: IncidentReopened) -> None:
    """It is open again, and people want to know how it goes on."""
    run = tx.runs.get(event.incident.run_id)
    assert run
    set_due(tx, event.incident, domain.runbook_of(tx, run).severity(event.incident.severity), tx.now)


def ask_to_resolve(domain: Domain, tx: Tx, event: IncidentResolved) -> None:
    """Customers still read that something is wrong: somebody should tell them that it is over."""
    told = for_customers(tx, event.incident)
    if told and told[-1].status is not UpdateStatus.RESOLVED:
        tell(tx, event.incident, "tell_customers", {"status": told[-1].status.value})


def pass_on(domain: Domain, tx: Tx, event: IncidentTold) -> None:
    """Subscribers hear what is said where incidents are talked about."""
    tell_subscribers(domain, tx, event.incident, f"announce.{event.message}", event.data)


SUBSCRIBERS = (
    on(IncidentDeclared, begin),
    on(SeverityChanged, follow_severity),
    on(IncidentReopened, begin_again),
    on(IncidentResolved, ask_to_resolve),
    on(IncidentTold, pass_on),
)
