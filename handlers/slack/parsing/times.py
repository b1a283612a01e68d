"""How long something lasts, as people type it before a reason: `2h`, `1h 30m`, `90 min`, `until friday 18:00`.

What begins like a time and is none is asked about: it neither ends in the reason nor makes something last for ever.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Refusal
from bot.runbook.windows import instant
from bot.text import say
from handlers.slack.parsing.durations import duration
from handlers.slack.parsing.text import first_word, shown, unaccented, visible
from handlers.slack.parsing.time_attempts import CODE, attempt_in
from handlers.slack.parsing.time_units import DAYS, DIAS, FOR, LEADING, SPANS, TIMELY, UNTIL, VAGUE

LONGEST = timedelta(days=366)
_CLOCK = re.compile(r"(?:at)?([01]?\d|2[0-3])(?::([0-5]\d)|h([0-5]\d)?)?(am|pm)?")


@dataclass(frozen=True)
class Ends:
    """When it ends (UTC), None = when somebody ends it; and what was typed after the time."""

    at: datetime | None
    rest: str


def read_end(text: str, now: datetime, zone: ZoneInfo) -> Ends:
    """A time at the start of a text, and the rest. Clocks and days are those of the zone, and lie ahead.

    Raises:
        Refusal: it begins like a time and is none, or lies too far ahead.
    """
    word, after = first_word(text)
    if word in UNTIL:
        return _until(after, now, zone)
    lasts, rest = duration(after if word in FOR else text)
    if lasts is None or CODE.fullmatch(word):
        _check_start(text)
        _check_end(text, now, zone)
        if attempt := attempt_in(text) or _time_within(text, now, zone):
            raise _asked(attempt)
        return Ends(None, text.strip())
    if not timedelta(0) < lasts <= LONGEST:
        raise Refusal(say("The duration must be more than zero and at most a year."))
    reason = _reason(rest)
    first = first_word(reason)[0]
    if re.match(r"\d+[^\W\d]", reason) or _begins_until(reason, now, zone) or attempt_in(first):
        raise _asked(first)
    return Ends(now + lasts, reason)


def _begins_until(text: str, now: datetime, zone: ZoneInfo) -> bool:
    return first_word(text)[0] in UNTIL and any(
        _is_time(" ".join(text.split()[:count]), now, zone) for count in range(2, 5)
    )


def _check_start(text: str) -> None:
    """Raise a Refusal when a reason begins like a time that was not understood."""
    word, rest = first_word(text)
    begins = [word]
    while (bare := re.sub(r"^[^\w#]+|^\w+=|\W+$|_", "", word)) in LEADING | {""} and rest:
        word, rest = first_word(rest)
        begins.append(word)
    timely = unaccented(bare).removesuffix("-feira") in TIMELY or bare in UNTIL or (len(begins) > 1 and bare in SPANS)
    if bare[:1].isnumeric() or timely or duration(f"{bare} {rest}")[0]:
        raise _asked(" ".join(begins))


def _check_end(text: str, now: datetime, zone: ZoneInfo) -> None:
    """Raise a Refusal when a reason ends with a time: it belongs before the reason, or it does not count."""
    words = text.split()
    for start in range(max(len(words) - 5, 0), len(words)):
        tail = " ".join(words[start:])
        if _is_time(tail, now, zone):
            raise _misplaced(tail)


def _time_within(text: str, now: datetime, zone: ZoneInfo) -> str | None:
    """`for two hours` and `until friday` within a reason; None when there is none."""
    words = text.split()
    for start, typed in enumerate(words):
        until = first_word(typed)[0] in (*UNTIL, *FOR)
        found = (" ".join(words[start:end]) for end in range(start + 2, min(start + 5, len(words)) + 1) if until)
        if tail := next((each for each in found if _is_time(each, now, zone)), None):
            return tail
    return None


def _is_time(text: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether all of a text is a time."""
    word, after = first_word(text.rstrip(").,;!"))
    try:
        if word in UNTIL:
            return not _until(after, now, zone).rest
    except Refusal:
        return False
    lasts, rest = duration(after if word in FOR else text.strip("().,;! "))
    return lasts is not None and not rest.strip()


def _until(text: str, now: datetime, zone: ZoneInfo) -> Ends:
    word, rest = first_word(text)
    word = word.rstrip(",;:")
    clocks = now.astimezone(zone).replace(tzinfo=None)
    day = _day(word, clocks.date())
    at, rest = _clock(rest) if day else _clock(text)
    if day is None and at is None:
        raise _asked(f"until {word}")
    if day is None and first_word(rest)[0].rstrip(",;:") in TIMELY:
        named, rest = first_word(rest)
        day = _day(named.rstrip(",;:"), clocks.date())
        if day is None:
            raise _asked(f"until {word} {named}")
    ends = _ahead(day, at or time(), clocks, now, zone)
    if first_word(rest)[0] in VAGUE:
        raise _asked(f"until {word} {first_word(rest)[0]}")
    return Ends(ends, _reason(rest))


def _day(word: str, today: date) -> date | None:
    """`tomorrow`, `friday` (the next one), `sexta-feira`, `2026-11-30`."""
    word = unaccented(word).removesuffix("-feira")
    if word in ("today", "tonight", "hoje"):
        return today
    if word in ("tomorrow", "amanha"):
        return today + timedelta(days=1)
    for number, (name, dia) in enumerate(zip(DAYS, DIAS, strict=True)):
        if word in (name, name[:3], dia):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word) if re.fullmatch(r"\d{4}-\d\d-\d\d", word) else None
    except ValueError:
        return None


def _clock(text: str) -> tuple[time | None, str]:
    """`18:00`, `18h`, `6pm`, `6 pm`, `noon`, and the rest."""
    word, rest = first_word(text)
    if word == "at":
        word, rest = first_word(rest)
    word = word.rstrip(",;.")
    half, after = first_word(rest)
    if half.rstrip(",;:.") in ("am", "pm") and re.fullmatch(r"\d{1,2}(:\d\d)?", word):
        word, rest = word + half.rstrip(",;:."), after
    if word.rstrip(":") in ("noon", "midnight"):
        return time(12 if word.startswith("noon") else 0), rest
    found = _CLOCK.fullmatch(word.rstrip(":"))
    if found is None or not (found[2] or found[4] or "h" in word):
        return None, text
    return _time(int(found[1]), int(found[2] or found[3] or 0), found[4]), rest


def _time(hour: int, minute: int, half: str | None) -> time | None:
    if half is None:
        return time(hour, minute)
    return time(hour % 12 + (12 if half == "pm" else 0), minute) if 1 <= hour <= 12 else None


def _ahead(day: date | None, at: time, clocks: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the clocks of the zone; without a day the next one that comes."""
    wanted = datetime.combine(day or clocks.date(), at, UTC)
    ends = instant(wanted, zone)
    if day is None and ends <= now:
        ends = instant(wanted + timedelta(days=1), zone)
    if not now < ends <= now + LONGEST:
        raise Refusal(say("That is not in the future, or is more than a year ahead. Write another time."))
    return ends


def _reason(text: str) -> str:
    """What stands after the time, without what people write between the two."""
    return re.sub(r"^(?:[\s:;,]|[–—-]+(?!\S))+", "", visible(text) if not text.strip() else text).strip()


def _asked(what: str) -> Refusal:
    return Refusal(
        say(
            "`{what}` looks like a time that NeonOps does not understand. Nothing was done: begin with a time "
            "such as 30m, 2h, 3d, `until 18:00` or `until friday`, or reword the reason.",
            what=shown(what),
        )
    )


def _misplaced(what: str) -> Refusal:
    return Refusal(
        say(
            "`{what}` comes after the reason. Nothing was done: write the time before the reason (30m, 2h, 3d, "
            "`until 18:00`, `until friday`), or leave it out.",
            what=shown(what),
        )
    )
