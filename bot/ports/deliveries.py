"""What Slack delivered already."""

from datetime import datetime
from typing import Protocol


class Deliveries(Protocol):
    """What Slack delivered already."""

    def claim(self, identity: str) -> bool:
        """Whether this delivery is seen for the first time."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete identities older than this; returns how many."""
        ...
