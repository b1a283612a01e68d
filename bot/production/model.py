"""The record of a time in production."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LivePeriod:
    """That production of a service was seen to be what a run was about, from when, by what, and until when.

    `seen_at` is when Vercel said so (by our clock); `how`: `alias_job` (the job that moved the traffic succeeded),
    `production` (the project's production target), `migrated` (by an earlier version of NeonOps). `moved` = this run's
    request moved production there; otherwise it was there already. `over_at` is when production was seen to be
    `followed_by` instead, which run `ended_by` moved (None = somebody outside NeonOps).
    """

    id: int
    run_id: int
    service: str
    deployment: str
    seen_at: datetime
    how: str
    moved: bool = True
    over_at: datetime | None = None
    followed_by: str | None = None
    ended_by: int | None = None
