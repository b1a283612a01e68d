"""Answers of health checks."""

from dataclasses import dataclass
from datetime import datetime


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
