"""Answers of health checks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.store import Store


@dataclass(frozen=True)
class HealthResult:
    """One answer of one check, asked `at`. `state`: healthy, slow, unhealthy, unknown. `run_id` when a run asked."""

    id: int
    at: datetime
    group: str
    check_id: str
    title: str
    state: str
    latency_ms: int | None = None
    reason: str | None = None
    run_id: int | None = None


@dataclass(frozen=True)
class HealthHour:
    """How often a check was in a state within an hour that begins `at`."""

    at: datetime
    check_id: str
    state: str
    count: int


class Health(Store[HealthResult], Protocol):
    """Answers of health checks."""

    def hours(self, since: datetime) -> list[HealthHour]:
        """The answers since then, counted by hour, check and state."""
        ...
