"""Looking at updates: those of one incident, and those that everybody may read."""

from bot.incidents.model import Incident
from bot.ports import Tx
from bot.updates.model import Audience, StatusUpdate


def updates_of(tx: Tx, incident: Incident) -> list[StatusUpdate]:
    """All updates of an incident, oldest first."""
    return tx.rows(StatusUpdate).find(incident=incident.id, order="id")


def for_customers(tx: Tx, incident: Incident) -> list[StatusUpdate]:
    """What the public may read of an incident, oldest first: nothing of drills, and of what is private (now)."""
    if not is_for_customers(incident):
        return []
    return tx.rows(StatusUpdate).find(incident=incident.id, audience=Audience.CUSTOMERS, order="id")


def is_for_customers(incident: Incident) -> bool:
    """Whether customers may be told of the incident at all."""
    return not (incident.drill or incident.private or incident.confidential)
