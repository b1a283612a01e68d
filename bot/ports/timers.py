"""Due times."""

from datetime import datetime
from typing import Any, Protocol

from bot.effects import Timer
from bot.ports.store import Store


class Timers(Store[Timer], Protocol):
    """Due times."""

    def set(self, kind: str, key: str, due_at: datetime, run_id: int, **payload: Any) -> Timer:
        """Set a timer; one with the same run, kind and key is replaced while it has not fired."""
        ...

    def cancel(self, run_id: int, *kinds: str) -> int:
        """Cancel what is pending; without kinds, all of the run. Returns how many."""
        ...

    def due(self, now: datetime) -> list[Timer]:
        """Pending timers whose time has come, oldest first."""
        ...

    def next_due(self) -> datetime | None:
        """When the next pending timer is due."""
        ...
