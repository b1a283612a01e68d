"""What changed in production of late: what an incident's card says first of where the trouble may come from."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports import Tx
from bot.production.model import LivePeriod
from bot.runs.model import Run

LOOKED_AT = 20
"""Periods that are looked at, newest first."""


@dataclass(frozen=True)
class Change:
    """Production of a service was seen to move; `run` moved it, or somebody outside NeonOps (None)."""

    service: str
    at: datetime
    run: Run | None


def changes_since(tx: Tx, since: datetime) -> tuple[Change, ...]:
    """The changes that were seen since then, newest first."""
    periods = tx.live_periods.find(order="-id", limit=LOOKED_AT)
    ours = [Change(each.service, each.seen_at, tx.runs.get(each.run_id)) for each in periods if _ours(each, since)]
    others = [Change(each.service, each.over_at, None) for each in periods if each.over_at and _others(each, since)]
    return tuple(sorted([*ours, *others], key=lambda change: change.at, reverse=True))


def _ours(period: LivePeriod, since: datetime) -> bool:
    return period.moved and period.seen_at >= since


def _others(period: LivePeriod, since: datetime) -> bool:
    return period.over_at is not None and period.over_at >= since and period.ended_by is None
