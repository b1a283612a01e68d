"""Rate budgets: what Slack allows of each method and channel, handed out by priority before a call is made.

Sources: https://docs.slack.dev/apis/web-api/rate-limits (tiers per method, per workspace, per app; about one message a
second in a channel; bursts are tolerated). A 429 pauses only its method, for as long as Retry-After says; one to a post
pauses only posts to its channel: were it the whole workspace's, each other channel would learn so by one call.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_TIERS = {1: 1 / 60, 2: 20 / 60, 3: 50 / 60, 4: 100 / 60}
"""Calls a second that Slack promises for each tier."""
_BURST = {1: 2, 2: 10, 3: 15, 4: 30}
"""Calls at once that are tolerated after a quiet time: half of what is measured at Slack, to stay on the safe side."""
METHOD_TIERS = {
    "chat.update": 3, "chat.postEphemeral": 4, "chat.delete": 3, "conversations.create": 2, "conversations.invite": 3,
    "conversations.setTopic": 2, "conversations.info": 3, "conversations.list": 2, "conversations.history": 3,
    "conversations.members": 4, "conversations.open": 3, "conversations.replies": 3, "pins.add": 2, "users.info": 4,
    "users.lookupByEmail": 3, "views.open": 4, "views.publish": 4, "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
}  # fmt: skip
POST = "chat.postMessage"
_POSTING = (5.0, 30)
"""chat.postMessage in the whole workspace: several hundred a minute."""
_CHANNEL = (1.0, 5)
"""chat.postMessage in one channel."""


@dataclass(order=True)
class _Waiter:
    priority: int
    number: int
    future: "asyncio.Future[None]" = field(compare=False)


class Budget:
    """A token bucket whose waiters are served by priority, then by arrival."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._tokens, self._filled_at, self._paused_until = float(burst), clock(), 0.0
        self._waiters: list[_Waiter] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, priority: int) -> bool:
        """Wait for a token; whether there was not one at once."""
        if not self._waiters and self._ready_in() <= 0:
            self._tokens -= 1
            return False
        waiter = _Waiter(priority, next(self._numbers), asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiters, waiter)
        self._schedule()
        await waiter.future
        return True

    def pause(self, seconds: float) -> None:
        """Nothing for so long: Slack said so."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        self._tokens = min(self._tokens, 1.0)

    def _ready_in(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        return max(self._paused_until - now, (1 - self._tokens) / self._per_second)

    def _schedule(self) -> None:
        if self._timer is None and self._waiters:
            self._timer = asyncio.get_running_loop().call_later(max(self._ready_in(), 0), self._serve)

    def _serve(self) -> None:
        self._timer = None
        while self._waiters and self._ready_in() <= 0:
            future = heapq.heappop(self._waiters).future
            if not future.done():
                self._tokens -= 1
                future.set_result(None)
        self._schedule()


class Budgets:
    """The budget of every method and channel. `pace`: how many times as fast as Slack promises."""

    pace = 1.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._budgets: dict[str, Budget] = {}

    async def take(self, method: str, channel: str | None, priority: int) -> bool:
        """Wait until the call may be made; whether it could not be made at once.

        The channel comes first: what waits for it takes nothing from what goes elsewhere.
        """
        waited = await self._of(_post(channel)).take(priority) if method == POST and channel else False
        return await self._of(method).take(priority) or waited

    def pause(self, method: str, seconds: float, channel: str | None = None) -> None:
        """Slack answered 429 to this method, in this channel."""
        self._of(_post(channel) if method == POST and channel else method).pause(seconds)

    def _of(self, name: str) -> Budget:
        if name not in self._budgets:
            per_second, burst = self._rate(name)
            self._budgets[name] = Budget(self.pace * per_second, burst, self._clock)
        return self._budgets[name]

    @staticmethod
    def _rate(name: str) -> tuple[float, int]:
        if name.startswith(_post("")):
            return _CHANNEL
        tier = METHOD_TIERS.get(name)
        return (_TIERS[tier], _BURST[tier]) if tier else _POSTING


def _post(channel: str | None) -> str:
    """The name of the budget of posts into a channel."""
    return f"channel {channel}"
