"""What was in force, and what was refused, as the database has it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class InForce:
    """What was in force last: which files, and what they gave to whom. There is one row of it."""

    id: int
    at: datetime
    team_file: str
    """The first digits of the SHA-256 of the team file; empty without one."""
    runbook: str
    held: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RefusedInHour:
    """What was refused to one person in one hour: how often, and how often of each operation."""

    user: str
    hour: datetime
    name: str
    count: int = 0
    told: int = 0
    """How many of them stand in the timeline, each as an event."""
    deeds: dict[str, int] = field(default_factory=dict)
