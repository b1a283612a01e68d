"""Whether the times in a runbook are ones: zones, crontabs, response times, thresholds."""

import re
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.runbook.model import Runbook
from bot.runbook.problems import Finding, Path, quoted
from bot.runbook.sections import Maintenance
from bot.text import say


def schedules(runbook: Runbook) -> Iterator[Finding]:
    """Time zones and crontabs that do not exist, durations and limits that cannot be meant."""
    yield from _zone(("timezone",), runbook.timezone)
    if runbook.maintenance:
        yield from _maintenance(runbook.maintenance)
    for index, severity in enumerate(runbook.severities):
        if severity.response <= timedelta(0):
            yield Finding(("severities", index, "response"), say("a response time must be longer than nothing"))
    for index, freeze in enumerate(runbook.freezes):
        yield from _crontab(("freezes", index, "cron"), freeze.cron)
    every = runbook.deploys.lock_reminder
    if every is not None and not timedelta(minutes=1) <= every <= timedelta(days=2):
        yield Finding(("deploys", "lock_reminder"), say("must be between 1m and 2d, or null for never"))
    for index, threshold in enumerate(runbook.monitoring.thresholds if runbook.monitoring else ()):
        if (threshold.above is None) == (threshold.below is None):
            yield Finding(("monitoring", "thresholds", index), say("give either above or below"))


def _maintenance(maintenance: Maintenance) -> Iterator[Finding]:
    path: Path = ("maintenance",)
    yield from _zone((*path, "timezone"), maintenance.timezone)
    yield from _crontab((*path, "cron"), maintenance.cron)
    if maintenance.max_duration < maintenance.min_duration:
        yield Finding((*path, "max_duration"), say("is shorter than min_duration"))
    if maintenance.length < maintenance.max_duration:
        yield Finding((*path, "length"), say("the window is shorter than max_duration"))


def _zone(path: Path, name: str) -> Iterator[Finding]:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        yield Finding(path, say("{name} is not a time zone; write one such as America/Sao_Paulo", name=quoted(name)))


def _crontab(path: Path, cron: str) -> Iterator[Finding]:
    try:
        CronTrigger.from_crontab(cron, timezone="UTC")
    except (ValueError, TypeError, AttributeError) as error:
        yield Finding(path, say("{cron} is not a crontab: {why}", cron=quoted(cron), why=error), cron)
        return
    if re.search(r"\d", cron.split()[4].split("#")[0].replace("*/", "")):
        yield Finding(path, say("name the weekday (sun): 0 is Sunday to cron and Monday to others"), cron)
