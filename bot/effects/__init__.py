"""Effects: what is to be done outside after a commit."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

FIRST, SOON, LATER = 0, 5, 9
"""Priorities: the way to the first card and pages; what people wait for; decoration."""


@dataclass(frozen=True)
class Effect:
    """One thing to do outside. Effects of one `target` happen in order; targets are independent of one another.

    `op_id` marks what was done (message metadata), so that a lost answer never makes it happen twice. `after` is the
    effect that must be done before. When `step_id` is set, the outcome settles that step of the run. `tried_at` is when
    the first of its tries began: it is given up by time. A held one waits for something that people have to mend
    outside: it is tried again now and then, and whenever it may be mended.
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
    state: str = "pending"  # pending | sending | held | done | dead
    attempts: int = 0
    error: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    tried_at: datetime | None = None


LEFT = ("pending", "sending", "held")
"""States of an effect that is still to be done."""


@dataclass(frozen=True)
class Patience:
    """How long something is tried again, and at most how many seconds lie between two tries.

    `held` = it shows meanwhile, and whatever may have mended it has it tried at once.
    """

    lasts: timedelta
    slowest: float = 60.0
    held: bool = False


MINUTES = Patience(timedelta(minutes=10))
"""For what passes soon or never."""
HOURS = Patience(timedelta(hours=12))
"""For a system outside that is away or overloaded."""
AWAY = Patience(timedelta(hours=24), held=True)
"""For credentials that are refused: it passes by itself, or an administrator mends it."""
MENDED = Patience(timedelta(days=7), 900.0, held=True)
"""For what a person has to mend outside."""
LEAST_TRIES = 3
"""Tries before anything is given up: a bot that was away for hours tries again when it is back."""


@dataclass(frozen=True)
class Timer:
    """A due time in the database; it fires once. `run_id` is None when it belongs to no run."""

    id: int
    kind: str
    key: str
    due_at: datetime
    run_id: int | None
    payload: dict[str, Any] = field(default_factory=dict)
    state: str = "pending"  # pending | fired | cancelled
    fired_at: datetime | None = None

    @property
    def of_run(self) -> int:
        """The run that it belongs to."""
        assert self.run_id is not None, f"{self.kind} {self.key} belongs to a run"
        return self.run_id
