"""A moment that lies behind, as people type it: `2026-11-28 14:30`, `28/11/2026 14h30`, `yesterday 18:00`."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Refusal
from bot.runbook.windows import instant
from bot.text import say
from handlers.slack.parsing.text import first_word, shown, unaccented

_CLOCK = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d)|h([0-5]\d)?)")
_NAMED = {"today": 0, "hoje": 0, "yesterday": 1, "ontem": 1}


def read_moment(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """The moment at the start of a text, on the clocks of the zone, and the rest; a Refusal when there is none."""
    word, rest = first_word(text)
    clock, after = first_word(rest)
    if clock in ("at", "às", "as"):
        clock, after = first_word(after)
    day, found = _day(word, now.astimezone(zone).date()), _CLOCK.fullmatch(clock)
    if day is None or found is None:
        raise Refusal(
            say(
                "{typed} is not a date and a time. Write both, such as `2026-11-28 14:30`, in {zone}.",
                typed=shown(f"{word} {clock}".strip()) or say("Nothing"),
                zone=zone.key,
            )
        )
    at = time(int(found[1]), int(found[2] or found[3] or 0))
    return instant(datetime.combine(day, at, UTC), zone), after


def _day(word: str, today: date) -> date | None:
    if unaccented(word) in _NAMED:
        return today - timedelta(days=_NAMED[unaccented(word)])
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            return date.fromisoformat(word)
        if found := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", word):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    return None
