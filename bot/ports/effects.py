"""Things to do outside."""

from datetime import datetime
from typing import Any, Protocol

from bot.effects import Effect
from bot.ports.store import Store


class Effects(Store[Effect], Protocol):
    """Things to do outside."""

    def followers(self, seq: int) -> list[str]:
        """Targets of the effects that wait for this one."""
        ...

    def plan(
        self,
        kind: str,
        target: str,
        payload: dict[str, Any],
        *,
        run_id: int | None = None,
        step_id: str | None = None,
        after: int | None = None,
        priority: int = 5,
    ) -> Effect:
        """Write down something to do outside after the commit; what its target holds is tried with it."""
        ...

    def release(self) -> None:
        """Have every effect that is held tried now."""
        ...

    def next(self, target: str) -> Effect | None:
        """The oldest effect of the target that is neither done nor dead."""
        ...

    def targets(self, now: datetime) -> list[str]:
        """Targets with something to do that is due."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete what was done before; returns how many."""
        ...

    def waiting(self) -> tuple[int, datetime | None]:
        """How many are to be done, and since when the oldest waits."""
        ...
