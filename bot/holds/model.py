"""Holds, as the database keeps them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Hold:
    """A lock or a freeze of an environment, with its owner, its reason, and when it ends by itself (None = never)."""

    environment: str
    kind: str
    reason: str
    owner: str
    taken_at: datetime
    expires_at: datetime | None = None
