"""What is kept of being on call: who covers until when, and who answered that they can be reached."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Cover:
    """Somebody is called in place of others until a time: of a rotation, or of a level (`level:2`)."""

    id: int
    target: str
    person: str
    starts_at: datetime
    ends_at: datetime
    by: str


@dataclass(frozen=True)
class ContactCheck:
    """One person in one check of all contacts: when they were asked and answered, or why they could not be asked."""

    id: int
    round: int
    person: str
    by: str
    asked_at: datetime
    due_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    failure: str = ""
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether an answer may still come."""
        return self.answered_at is None and not self.failure


@dataclass(frozen=True)
class CheckRef:
    """What the button of a contact check carries."""

    check_id: int
