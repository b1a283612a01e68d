"""The words of an update: for whom it is, and how far the incident is."""

from bot.text import say
from bot.updates.model import Audience, UpdateStatus


def status_words(status: UpdateStatus) -> str:
    """How far the incident is, as people read it."""
    return {
        UpdateStatus.INVESTIGATING: say("Investigating"),
        UpdateStatus.IDENTIFIED: say("Identified"),
        UpdateStatus.MONITORING: say("Monitoring"),
        UpdateStatus.RESOLVED: say("Resolved"),
    }[status]


def audience_words(audience: Audience) -> str:
    """For whom an update is."""
    return {Audience.INSIDE: say("The team"), Audience.CUSTOMERS: say("Customers (public)")}[audience]
