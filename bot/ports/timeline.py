"""The chain of events."""

from typing import Any, Protocol

from bot.people import Actor
from bot.timeline import Event


class Timeline(Protocol):
    """The chain of events."""

    def record(self, kind: str, actor: Actor, run_id: int | None = None, **data: Any) -> Event:
        """Append an event to the chain. Texts are masked before they are stored."""
        ...

    def of_run(self, run_id: int, *, before: int | None = None, limit: int = 50) -> list[Event]:
        """The latest events of a run before `before`, oldest first."""
        ...

    def of_run_after(self, run_id: int, seq: int, limit: int) -> list[Event]:
        """Events of a run after `seq`, in order."""
        ...

    def after(self, seq: int, limit: int) -> list[Event]:
        """Events of the whole chain after `seq`, in order."""
        ...

    def head(self) -> tuple[int, str]:
        """Sequence number and hash of the newest event."""
        ...
