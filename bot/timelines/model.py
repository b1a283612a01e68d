"""The record of a link to a timeline."""

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
