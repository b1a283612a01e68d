"""Notifies of every change of the workspace: whoever waits looks again at each one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .errors import Impossible

Change = Mapping[str, Any]
T = TypeVar("T")


class Notifier:
    """Tells listeners of changes, and wakes those who wait for a condition."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._listeners: list[Callable[[Change], None]] = []

    def notify(self, type: str, **facts: Any) -> None:
        """Something changed; `type` is a frame type of the page's event socket."""
        for listener in tuple(self._listeners):
            listener({"type": type, **facts})
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` at every change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def until(self, condition: Callable[[], T], seconds: float) -> T:
        """Wait until `condition()` is truthy and return what it gave.

        A LookupError or Impossible in the condition means "not yet". Raises TimeoutError after so many seconds.
        """
        async with asyncio.timeout(seconds):
            while True:
                change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(change)
                try:
                    if found := _try(condition):
                        return found
                    await change
                finally:
                    self._waiting.discard(change)


def _try(condition: Callable[[], T]) -> T | None:
    try:
        return condition()
    except (LookupError, Impossible):
        return None
