"""How often and how fast: Slack's rate tiers, the acknowledgement window and the lifetimes of its tickets.

Slack publishes the tiers (1+, 20+, 50+, 100+ a minute per method and workspace) and about one post a second and
channel; it does not publish the bursts. Here a method may spend a minute's worth at once and then refills evenly, which
is about as strict as the published numbers allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

TIER_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
SPECIAL = 5


@dataclass(frozen=True)
class Limits:
    """Seconds and counts. `rates=False` switches every rate limit off (for benches)."""

    rates: bool = True
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_uses: int = 5
    response_url_seconds: float = 30 * 60
    retry_after_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    warning_seconds: float = 10.0
    sockets: int = 10
    tier_1_burst: int = 10
    special_per_minute: int = 300
    posts_per_channel_second: float = 1.0
    posts_per_channel_burst: int = 20

    def without_rates(self) -> Limits:
        return replace(self, rates=False)


@dataclass
class _Bucket:
    level: float
    at: float


class Budgets:
    """Token buckets by name: `take` answers 0, or the whole seconds until the next token."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def method(self, name: str, tier: int) -> int:
        """Seconds to wait before this method of this tier may be called (0: it may, and the call is counted)."""
        if tier == SPECIAL:
            per_minute = self._limits.special_per_minute
            return self._take(name, per_second=per_minute / 60, burst=per_minute)
        per_minute = TIER_PER_MINUTE[tier]
        burst = self._limits.tier_1_burst if tier == 1 else per_minute
        return self._take(name, per_second=per_minute / 60, burst=burst)

    def post(self, channel: str) -> int:
        """Seconds to wait before another message may be posted in the channel."""
        return self._take(
            f"post {channel}",
            per_second=self._limits.posts_per_channel_second,
            burst=self._limits.posts_per_channel_burst,
        )

    def _take(self, name: str, *, per_second: float, burst: int) -> int:
        if not self._limits.rates:
            return 0
        at = self._now()
        bucket = self._buckets.setdefault(name, _Bucket(burst, at))
        bucket.level = min(burst, bucket.level + max(0.0, at - bucket.at) * per_second)
        bucket.at = at
        if bucket.level < 1:
            return max(1, math.ceil((1 - bucket.level) / per_second))
        bucket.level -= 1
        return 0
