"""Messages that show runs."""

from typing import Any, Protocol

from bot.ports.store import Store
from bot.runs.model import Card


class Cards(Store[Card], Protocol):
    """Messages that show runs."""

    def dirty(self) -> list[int]:
        """Ids of live cards that Slack shows in an older state, and that nothing holds now."""
        ...

    def release(self, **which: Any) -> None:
        """Have the cards that are held (of this channel, of this run, or all) shown now."""
        ...

    def touch(self, run_id: int, page: str | None = None) -> None:
        """Ask for the cards of a run (or one of them) to be drawn anew."""
        ...
