"""Legal clocks, what they count from, and drafts of what is communicated, as the database keeps them."""

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


class DraftState(StrEnum):
    """Written, reviewed by somebody whose word counts, sent by a person."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SENT = "sent"


@dataclass(frozen=True)
class LegalDraft:
    """What is to be communicated about an incident: the words of each field, who wrote, reviewed and sent them."""

    id: int
    incident: int
    communication: str
    state: DraftState
    fields: dict[str, str]
    edited_by: str
    edited_at: datetime
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    sent_by: str | None = None
    sent_at: datetime | None = None
    reference: str = ""
    version: int = 1
