"""The records of links to timelines, and of messages that were saved."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TimelineLink:
    """The newest link of a user to the timeline of a run; of its secret only the SHA-256 is kept."""

    id: int
    run_id: int
    user: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True)
class SavedMessage:
    """That a message is kept in the timeline of a run: what becomes of it is noted there too."""

    id: int
    run_id: int
    channel: str
    ts: str
    author: str
