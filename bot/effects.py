"""Effects: what is to be done outside after a commit."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FIRST, SOON, LATER = 0, 5, 9
"""Priorities: the way to the first card and pages; what people wait for; decoration."""


@dataclass(frozen=True)
class Effect:
    """One thing to do outside. Effects of one `target` happen in order; targets are independent of one another.

    `op_id` marks what was done (message metadata), so that a lost answer never makes it happen twice. `after` is the
    effect that must be done before. When `step_id` is set, the outcome settles that step of the run.
    """

    seq: int
    op_id: str
    kind: str
    target: str
    payload: dict[str, Any]
    created_at: datetime
    due_at: datetime
    run_id: int | None = None
    step_id: str | None = None
    after: int | None = None
    priority: int = SOON
    state: str = "pending"  # pending | sending | done | dead
    attempts: int = 0
    error: str | None = None
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timer:
    """A due time in the database; it fires once."""

    id: int
    kind: str
    key: str
    due_at: datetime
    run_id: int
    payload: dict[str, Any] = field(default_factory=dict)
    state: str = "pending"  # pending | fired | cancelled
    fired_at: datetime | None = None
