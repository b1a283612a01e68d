"""What is planned: maintenance under way, the maintenance window when it is next open, times without changes."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import Domain
from bot.incidents.access import belongs_to_secret
from bot.ports import Tx
from bot.production.maintenance import maintenance_runs
from bot.runbook.model import Runbook
from bot.runbook.sections.public import StatusPage
from bot.runbook.windows import window_end, windows
from bot.status.page import Planned
from bot.status.wording import text_of, wording
from bot.text import say


def planned(domain: Domain, tx: Tx, policy: StatusPage) -> tuple[Planned, ...]:
    """Everything that is planned, by when it begins."""
    found = [*_under_way(domain, tx, policy), *_window(domain.runbook, policy, tx.now)]
    return tuple(sorted([*found, *_freezes(domain.runbook, policy, tx.now)], key=lambda each: each.starts_at))


def _under_way(domain: Domain, tx: Tx, policy: StatusPage) -> Iterator[Planned]:
    """Maintenance that somebody has begun; until its window ends, else for as long as it may last."""
    schedule = domain.runbook.maintenance
    if schedule is None or not policy.maintenance:
        return
    for run in maintenance_runs(domain, tx):
        if not belongs_to_secret(tx, run):
            began = run.started_at or run.created_at
            ends = window_end(schedule.cron, schedule.length, ZoneInfo(schedule.timezone), began)
            name = wording(say("Maintenance"))
            yield Planned(_id("run", began), name, "in_progress", began, ends or began + schedule.max_duration, began)


def _window(runbook: Runbook, policy: StatusPage, now: datetime) -> Iterator[Planned]:
    """The times in which maintenance may be done."""
    schedule = runbook.maintenance
    if schedule is None or not policy.maintenance:
        return
    for starts, ends in windows(schedule.cron, schedule.length, ZoneInfo(schedule.timezone), now, now + policy.ahead):
        name = wording(say("Maintenance window"))
        yield Planned(_id("window", starts), name, "scheduled", starts, ends, starts - policy.ahead)


def _freezes(runbook: Runbook, policy: StatusPage, now: datetime) -> Iterator[Planned]:
    zone = ZoneInfo(runbook.timezone)
    for freeze in runbook.freezes if policy.freezes else ():
        for starts, ends in windows(freeze.cron, freeze.length, zone, now, now + policy.ahead):
            shown = starts - policy.ahead
            yield Planned(_id(freeze.id, starts), text_of(freeze), "scheduled", starts, ends, shown, changes=False)


def _id(what: str, at: datetime) -> str:
    return hashlib.sha256(f"{what}:{at.isoformat()}".encode()).hexdigest()[:12]
