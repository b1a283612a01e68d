"""Locks and freezes of an environment, and which run holds it."""

from typing import Protocol

from bot.holds.model import Hold
from bot.ports.store import Store


class Holds(Store[Hold], Protocol):
    """Locks and freezes."""

    def remove(self, environment: str, kind: str) -> None:
        """Delete a hold."""
        ...


class Locks(Protocol):
    """Which run holds an environment."""

    def take(self, environment: str, run_id: int) -> int:
        """Insert the environment's lock row or find it: the id of the run that holds it now."""
        ...

    def release(self, run_id: int) -> None:
        """Delete the lock rows of a run."""
        ...

    def holder(self, environment: str) -> int | None:
        """The run that holds the environment."""
        ...
