"""What is told of incidents."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.events import Event
from bot.incidents.model import Incident
from bot.runbook.model import Procedure, Severity
from bot.runs.model import Run


@dataclass(frozen=True)
class IncidentDeclared(Event):
    """An incident was declared, with the checklist of its severity."""

    incident: Incident
    run: Run
    severity: Severity
    procedure: Procedure


@dataclass(frozen=True)
class IncidentAcknowledged(Event):
    """Somebody is on it, and is the first: `by` as Incident.acknowledged_by says it, `how` they said so."""

    incident: Incident
    run: Run
    by: str
    how: str


@dataclass(frozen=True)
class IncidentHandedBack(Event):
    """Who was on it is not any more: nobody is."""

    incident: Incident
    run: Run


@dataclass(frozen=True)
class SeverityChanged(Event):
    """An incident has another severity and its checklist.

    `worse`: it is open, and became graver or needs people whom the one before did not invite.
    """

    incident: Incident
    run: Run
    severity: Severity
    procedure: Procedure
    worse: bool


@dataclass(frozen=True)
class IncidentTold(Event):
    """It was said of an incident that its severity changed, that it is resolved, closed or open again (`message`)."""

    incident: Incident
    message: str
    data: Mapping[str, object]


@dataclass(frozen=True)
class BecameConfidential(Event):
    """An incident that others knew of is its members' alone from now on."""

    incident: Incident


@dataclass(frozen=True)
class IncidentResolved(Event):
    """The service works again."""

    incident: Incident


@dataclass(frozen=True)
class IncidentClosed(Event):
    """An incident has ended."""

    incident: Incident


@dataclass(frozen=True)
class IncidentMerged(Event):
    """An incident was closed as a duplicate, and goes on in another."""

    duplicate: Incident
    target: Incident


@dataclass(frozen=True)
class IncidentReopened(Event):
    """An incident was not over: it is open again."""

    incident: Incident


@dataclass(frozen=True)
class ItemReopened(Event):
    """An item of an incident has to be done anew: what is on its way for it does not count any more."""

    run_id: int
    step_id: str


@dataclass(frozen=True)
class MemberJoined(Event):
    """Somebody is in an incident's channel."""

    incident: Incident
    user: str
