"""What is told of status updates."""

from dataclasses import dataclass

from bot.events import Event
from bot.incidents.model import Incident
from bot.updates.model import StatusUpdate


@dataclass(frozen=True)
class StatusUpdated(Event):
    """A status update of an incident was sent."""

    incident: Incident
    update: StatusUpdate
