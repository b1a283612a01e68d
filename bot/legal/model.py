"""Legal clocks, and what they count from, as the database keeps them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClockState(StrEnum):
    """Waiting for another clock, running, or settled by a person."""

    WAITING = "waiting"
    RUNNING = "running"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"

    @property
    def settled(self) -> bool:
        return self in (ClockState.MET, ClockState.NOT_APPLICABLE)


@dataclass(frozen=True)
class Knowledge:
    """From when on the team knew (`known_at`), as a person said it; the newest of an incident is in force."""

    id: int
    incident: int
    known_at: datetime
    said_by: str
    said_at: datetime
    reason: str = ""
    """Why it was corrected; empty for the first."""


@dataclass(frozen=True)
class LegalClock:
    """One time limit of an incident, with the words and the source that the runbook had when it was set.

    `words`: the reference number of how it was met, or why it does not apply.
    """

    id: int
    incident: int
    clock: str
    text: str
    source: str
    state: ClockState
    due_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    words: str = ""
    version: int = 0
