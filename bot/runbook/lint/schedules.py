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
            yield Finding(("severities", index, "response"), say("a response time must be more than zero"))
    yield from _watches(runbook)
    for index, freeze in enumerate(runbook.freezes):
        yield from _crontab(("freezes", index, "cron"), freeze.cron)
    if runbook.deploys.only_in_maintenance and runbook.maintenance is None:
        yield Finding(("deploys", "only_in_maintenance"), say("needs a maintenance section, which has the window"))
    every = runbook.deploys.lock_reminder
    if every is not None and not timedelta(minutes=1) <= every <= timedelta(days=2):
        yield Finding(("deploys", "lock_reminder"), say("must be between 1m and 2d, or null for never"))
    for index, threshold in enumerate(runbook.monitoring.thresholds if runbook.monitoring else ()):
        if (threshold.above is None) == (threshold.below is None):
            yield Finding(("monitoring", "thresholds", index), say("give either above or below"))


MOST_LOOKS = 1000
"""Looks of one watch: each is an event of the timeline."""


def _watches(runbook: Runbook) -> Iterator[Finding]:
    """Each metric once, at a pace that can be kept, on an item that is there."""
    phases = (phase for each in runbook.procedures if each.kind == "deploy" for phase in each.phases)
    items = [step.id for phase in phases if phase.stage == "after" for step in phase.steps]
    metrics = [watch.metric for watch in runbook.deploys.watch]
    for index, watch in enumerate(runbook.deploys.watch):
        path: Path = ("deploys", "watch", index)
        if watch.metric in metrics[:index]:
            yield Finding((*path, "metric"), say("{id!r} is used twice", id=watch.metric), watch.metric)
        if watch.every < timedelta(minutes=1):
            yield Finding((*path, "every"), say("is shorter than a minute"))
        elif watch.lasts < watch.every:
            yield Finding((*path, "lasts"), say("is shorter than every"))
        elif watch.lasts // watch.every > MOST_LOOKS:
            yield Finding((*path, "every"), say("gives more than {count} checks", count=MOST_LOOKS))
        if watch.item is not None and watch.item not in items:
            reason = say("{item} is not an item of the deploy's after stage", item=quoted(watch.item))
            yield Finding((*path, "item"), reason, watch.item, tuple(items))


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
