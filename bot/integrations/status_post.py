"""What a provider's status page is told: one update of an incident. Neither provider has a key for a second try."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.integrations.http.api import Pace

GAP_S = 1.0
"""Seconds between two requests: Statuspage allows one a second for each token."""


@dataclass(frozen=True)
class StatusPost:
    """One update. `id` and `incident` are our own ids, by which it is found there before it is sent again.

    `components` are the provider's ids of the services, with their status in the words of Statuspage. `notify`: whether
    the provider tells its subscribers.
    """

    id: str
    incident: str
    name: str
    status: str
    impact: str
    body: str
    started_at: datetime
    components: Mapping[str, str]
    notify: bool


class Spacing:
    """Lets requests through with a gap between them."""

    def __init__(self, pace: Pace) -> None:
        self._pace, self._next, self._turn = pace, float("-inf"), asyncio.Lock()

    async def wait(self) -> None:
        """Return when the next request may be sent."""
        async with self._turn:
            ahead = self._next - self._pace.clock()
            if ahead > 0:
                await self._pace.sleep(ahead)
            self._next = self._pace.clock() + GAP_S
