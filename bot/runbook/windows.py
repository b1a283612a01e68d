"""Windows that come again and again by a crontab: they open and end by the clocks of their zone.

An opening in the hour that is left out when clocks go forward keeps the offset from before it, one in the hour that
comes twice is the first of both; the same holds for the end, which is `length` later on the clocks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

MARGIN = timedelta(days=1)
"""More than clocks are ever changed by."""
STEP = timedelta(microseconds=1)


def window_end(cron: str, length: timedelta, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the window that is open now ends (UTC), the last of several; None when none is open."""
    trigger = CronTrigger.from_crontab(cron, timezone=UTC)
    # The clocks' time under the name of UTC, in which no hour is left out and none comes twice.
    clocks = now.astimezone(zone).replace(tzinfo=UTC, fold=0)
    opening, ends = clocks - length - MARGIN, None
    while (opening := trigger.get_next_fire_time(None, opening + STEP)) and opening <= clocks + MARGIN:
        over = instant(opening + length, zone)
        if instant(opening, zone) <= now < over:
            ends = max(over, ends or over)
    return ends


def windows(
    cron: str, length: timedelta, zone: ZoneInfo, now: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The windows (from, to; UTC) that are not over at `now` and open before `until`, in order."""
    trigger = CronTrigger.from_crontab(cron, timezone=UTC)
    opening = now.astimezone(zone).replace(tzinfo=UTC, fold=0) - length - MARGIN
    while opening := trigger.get_next_fire_time(None, opening + STEP):
        start, end = instant(opening, zone), instant(opening + length, zone)
        if start >= until:
            return
        if end > now:
            yield start, end


def instant(clocks: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of a zone show this, in UTC."""
    return clocks.replace(tzinfo=zone, fold=0).astimezone(UTC)
