"""Which incidents are public: those of which customers were told, or whose severity says so; see `look.py`."""

import secrets

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.status.incidents import severity_of
from bot.status.model import PublicIncident
from bot.updates.look import is_for_customers

WAKE = "status"
"""The wake of what the status page shows: every replica draws it anew."""


def publish(tx: Tx, incident: Incident) -> PublicIncident | None:
    """Make the incident public, once; None when it may not be."""
    if not is_for_customers(incident):
        return None
    tx.wake(WAKE)
    found = public_of(tx, incident)
    return found or tx.rows(PublicIncident).add(PublicIncident(0, incident.id, secrets.token_hex(8), tx.now))


def publish_at_once(domain: Domain, tx: Tx, incident: Incident) -> None:
    """Make it public when its severity says so, without anybody having told customers."""
    severity = severity_of(domain.runbook, incident.severity)
    if severity and severity.at_once:
        publish(tx, incident)


def note_reopened(tx: Tx, incident: Incident) -> None:
    """It is not over."""
    if public := public_of(tx, incident):
        tx.rows(PublicIncident).save(public, reopened_at=tx.now)


def public_of(tx: Tx, incident: Incident) -> PublicIncident | None:
    """What the public knows it by."""
    found = tx.rows(PublicIncident).find(incident=incident.id)
    return found[0] if found else None
