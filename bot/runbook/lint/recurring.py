"""Windows and freezes that come again and again: whether one never comes, and whether freezes never end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from bot.runbook.model import Runbook
from bot.runbook.problems import Finding
from bot.runbook.windows import STEP
from bot.text import say

START, SPAN = datetime(2027, 1, 1, tzinfo=UTC), timedelta(days=400)
"""A year and more, always the same one: what is said of a runbook does not change with the day."""
MOST = 2000
"""Openings that are looked at: one that comes more often is not followed to its end."""


def recurring(runbook: Runbook) -> Iterator[Finding]:
    """What never comes, and freezes that leave no time for a deploy."""
    if runbook.maintenance and not any(_openings(runbook.maintenance.cron)):
        yield Finding(("maintenance", "cron"), _never())
    for index, freeze in enumerate(runbook.freezes):
        if not any(_openings(freeze.cron)):
            yield Finding(("freezes", index, "cron"), _never())
    if runbook.freezes and _without_gap(runbook):
        yield Finding(("freezes",), say("together they never end: no deploy is possible without an override"))


def _never() -> str:
    return say("no such day: it never occurs")


def _openings(cron: str) -> Iterator[datetime]:
    trigger, at = CronTrigger.from_crontab(cron, timezone=UTC), START
    for _ in range(MOST):
        opening = trigger.get_next_fire_time(None, at)
        if opening is None or opening > START + 10 * SPAN:
            return
        yield opening
        at = opening + STEP


def _without_gap(runbook: Runbook) -> bool:
    ends = START + timedelta(days=35)
    times = [(opening, opening + each.length) for each in runbook.freezes for opening in _within(each.cron)]
    for opening, over in sorted(times):
        if opening > ends:
            return False
        ends = max(ends, over)
    return ends >= START + SPAN


def _within(cron: str) -> Iterator[datetime]:
    for opening in _openings(cron):
        if opening > START + SPAN:
            return
        yield opening
