"""An incident: a run with a severity, a channel, roles and members."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IncidentStatus(StrEnum):
    """Open until it is resolved; resolved until the last items are done and it is closed."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True)
class Incident:
    """What is known of an incident beside its run."""

    id: int
    run_id: int
    severity: str
    title: str
    status: IncidentStatus
    declared_by: str
    declared_at: datetime
    channel_name: str
    channel: str | None = None
    private: bool = False
    confidential: bool = False
    drill: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    responded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """Since when somebody is on it; None while nobody is."""
    acknowledged_by: str | None = None
    """Their Slack user; the short name of somebody of the team file who has none."""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    summary: str | None = None
    merged_into: int | None = None
    """The incident of which this one was a duplicate."""
    version: int = 0
