"""How long people say that something lasts: `2h`, `1h 30m`, `two hours`, `PT2H`."""

import re
from datetime import timedelta

from handlers.slack.parsing.text import first_word
from handlers.slack.parsing.time_units import COUNTS, UNITS

_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)([^\W\d]+)")
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_ISO = re.compile(rf"p(?=t?\d)(?:{_NUMBER}w)?(?:{_NUMBER}d)?(?:t(?=\d)(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?)?")
"""ISO 8601, without months and years: how long they last depends on when they begin."""


def duration(text: str) -> tuple[timedelta | None, str]:
    """As many numbers with units as there are, and the rest; None when there is none."""
    seconds, found = 0.0, False
    while (part := _part(text, found=found)) is not None:
        more, text = part
        seconds, found = seconds + more, True
    return (timedelta(seconds=min(seconds, 1e9)) if found else None), text


def _part(text: str, *, found: bool) -> tuple[float, str] | None:
    """`2h`, `2 hours`, `two hours`, `half an hour`; after another also `and 30 min`."""
    word, rest = first_word(text)
    if found and word == "and":
        word, rest = first_word(rest)
    word = word.rstrip(",;")
    if (seconds := glued(word)) is not None:
        return seconds, rest
    unit, after = first_word(rest)
    if word == "half" and unit in ("a", "an"):
        word, (unit, after) = "0.5", first_word(after)
    count, unit = _count(word), unit.rstrip(",;:.-–—")
    # "a second database" is no time.
    known = unit in UNITS and not (word in COUNTS and UNITS[unit] == 1)
    return (count * UNITS[unit], after) if count is not None and known else None


def _count(word: str) -> float | None:
    if re.fullmatch(r"\d{1,9}([.,]\d{1,9})?", word):
        return float(word.replace(",", "."))
    return COUNTS.get(word)


def glued(word: str) -> float | None:
    """`1h30m`, `1.5h`, `2h30` and `PT1H30M` in one word, in seconds; `18h00` is a clock's."""
    word = word.rstrip(":-–—,;.")
    if re.fullmatch(r"\d+h00", word):
        return None
    if _ISO.fullmatch(word):
        word = re.sub("[pt]", "", word)
    word = re.sub(r"(?<=\dh)(\d{1,2})$", r"\1m", word)
    parts = _PART.findall(word)
    if not parts or "".join(map("".join, parts)) != word or any(unit not in UNITS for _, unit in parts):
        return None
    return sum(float(count.replace(",", ".")) * UNITS[unit] for count, unit in parts)
