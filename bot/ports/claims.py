"""What is done once, however often it is asked for and by however many replicas."""

from datetime import datetime
from typing import Protocol


class Claims(Protocol):
    """Identities of what was done: a delivery of Slack's, a tick of the clock, a turn of an alert, a reminder."""

    def claim(self, identity: str) -> bool:
        """Whether this is claimed for the first time: who claims it in a transaction does it there."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete identities older than this; returns how many."""
        ...
