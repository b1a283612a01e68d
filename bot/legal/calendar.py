"""When a legal clock is due: pure functions of the calendar of the runbook."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.runbook.sections.legal import Calendar, Clock, Legal
from bot.text import plural, say, span

IsBusinessDay = Callable[[date], bool]
DAY_ENDS = time(23, 59)
"""The last minute of the day on which a clock of business days is due, in the team's zone."""


def business_days(calendar: Calendar) -> IsBusinessDay:
    """Whether a date is a business day. Carnival and Corpus Christi are no public holidays by federal law."""
    from holidays import country_holidays  # late: it takes a fifth of a second, and most incidents have no clock

    known = country_holidays(calendar.country, subdiv=calendar.subdivision, language="en_US")

    def is_business_day(day: date) -> bool:
        if day in calendar.business_days:
            return True
        return day.weekday() < 5 and day not in known and day not in calendar.holidays

    return is_business_day


def due_at(start: datetime, clock: Clock, legal: Legal, zone: ZoneInfo) -> datetime:
    """When a clock is due that runs from `start`: the first day is not counted, the last one is, to its end."""
    times = 2 if legal.doubled and clock.doubles else 1
    if clock.within is not None:
        return start + times * clock.within
    assert clock.business_days
    last = _nth_business_day(start.astimezone(zone).date(), times * clock.business_days, business_days(legal.calendar))
    return datetime.combine(last, DAY_ENDS, zone).astimezone(start.tzinfo)


def _nth_business_day(start: date, count: int, is_business_day: IsBusinessDay) -> date:
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day)
    return day


def length_words(clock: Clock) -> str:
    """`3 business days`, `72 h`."""
    if clock.within is not None:
        return span(clock.within)
    return plural("{count} business day", "{count} business days", clock.business_days or 0)


def calendar_words(calendar: Calendar) -> str:
    """Which calendar business days are counted by."""
    where = calendar.country if calendar.subdivision is None else f"{calendar.country}-{calendar.subdivision}"
    added = len(calendar.holidays)
    more = plural("{count} day of the runbook", "{count} days of the runbook", added) if added else say("none added")
    return say(
        "Business days: Monday to Friday without the public holidays of {where} ({more}). Optional days such as "
        "Carnival count as business days.",
        where=where,
        more=more,
    )
