"""Availability: what the health checks of a service said, day by day. A day without answers was not measured."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.ports.health import HealthHour
from bot.runbook.model import Runbook
from bot.status.page import Day

DAYS = 90
GOOD, BAD = ("healthy", "slow"), ("unhealthy",)
"""What an answer counts as; `unknown` is none."""


def checks_of(runbook: Runbook, service: str) -> frozenset[str]:
    """The ids of the health checks that are about a service."""
    return frozenset(
        check.id for group in runbook.health for check in group.checks if service in (check.service, group.id)
    )


def first_day(now: datetime, zone: ZoneInfo) -> date:
    """The first of the days that are shown; today is the last."""
    return now.astimezone(zone).date() - timedelta(days=DAYS - 1)


def days_of(
    hours: Iterable[HealthHour], checks: frozenset[str], now: datetime, zone: ZoneInfo, every: timedelta | None
) -> tuple[Day, ...]:
    """Each of the days by the clocks of the zone, from the counted answers of each hour."""
    counted: dict[tuple[date, bool], int] = defaultdict(int)
    for hour in hours:
        if hour.check_id in checks and hour.state in (*GOOD, *BAD):
            counted[hour.at.astimezone(zone).date(), hour.state in GOOD] += hour.count
    dates = [first_day(now, zone) + timedelta(days=number) for number in range(DAYS)]
    return tuple(
        Day(each, counted[each, True], counted[each, False], _expected(each, len(checks), now, zone, every))
        for each in dates
    )


def _expected(day: date, checks: int, now: datetime, zone: ZoneInfo, every: timedelta | None) -> float | None:
    """How many answers there should be of a day; of today, until now."""
    if every is None:
        return None
    midnight = datetime.combine(day, datetime.min.time(), zone)
    over = min(now, datetime.combine(day + timedelta(days=1), datetime.min.time(), zone))
    return checks * ((over.timestamp() - midnight.timestamp()) / every.total_seconds())
