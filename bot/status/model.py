"""The record of an incident that the public knows of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublicIncident:
    """That an incident is public, and the id that it has there: it tells nothing of how many others there are.

    `reopened_at` is when it was last found not to be over.
    """

    id: int
    incident: int
    public_id: str
    published_at: datetime
    reopened_at: datetime | None = None
