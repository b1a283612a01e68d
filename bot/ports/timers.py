"""Due times."""

from datetime import datetime
from typing import Any, Protocol

from bot.effects import Timer
from bot.ports.store import Store


class Timers(Store[Timer], Protocol):
    """Due times."""

    def set(self, kind: str, key: str, due_at: datetime, run_id: int | None, **payload: Any) -> Timer:
        """Set a timer; one with the same run (None = of no run), kind and key takes its place, fired or not."""
        ...

    def cancel(self, run_id: int | None, *kinds: str) -> int:
        """Cancel what is pending; without kinds, all of the run (None = all that are of no run). Returns how many."""
        ...

    def due(self, now: datetime) -> list[Timer]:
        """Pending timers whose time has come, oldest first."""
        ...

    def next_due(self) -> datetime | None:
        """When the next pending timer is due."""
        ...
