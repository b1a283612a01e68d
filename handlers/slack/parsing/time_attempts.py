"""Words within a reason that look like an attempt at a time or an option: what would make something last for ever."""

import re

from bot.errors import Refusal
from bot.text import say
from handlers.slack.parsing.durations import glued
from handlers.slack.parsing.text import first_word, hyphened, shown, unaccented, visible
from handlers.slack.parsing.time_units import COUNTS, FOR, LEADING, TIMELY, UNITS, UNTIL

_LEADS = {*LEADING, *FOR, *UNTIL}
_ISO_LIKE = re.compile(r"pt\d.*|[pt]{1,2}(?:\d{1,9}(?:[.,]\d{1,9})?[ymwdhs]t?)+")
CODE = re.compile(r"[45]\d\ds")
"""`500s` are answers of a server more often than seconds."""
_CLOCK = re.compile(r"\d{1,2}(?::\d\d|h\d{0,2}|[ap]m)")


def attempt_in(text: str) -> str | None:
    """What looks like a time in a reason: `2h`, `PT2H`, `for=2h`, `until:friday`, `hours 2`; None when nothing does."""
    while text:
        word, text = first_word(text)
        if _is_attempt(word):
            return word
        after, _ = first_word(text)
        if _is_pair(word.lstrip("([{\"'"), re.sub(r"\W+$", "", after)):
            return f"{word} {after}"
    return None


def _is_pair(word: str, after: str) -> bool:
    """`2 hours` and `hours 2`; but `day 2 of the migration` and `week 48` are no times."""
    if _counts(word):
        return after in UNITS and len(after) > 1
    name = word.rstrip(":")
    return name in UNITS and name.endswith("s") and len(name) > 1 and _counts(after)


def _is_attempt(word: str) -> bool:
    word = re.sub(r"^\W+|\W+$", "", word)
    if any(map(_lasts, re.split(r"[=:+/~@()\[\]]", word))) or _is_dashed(word):
        return True
    name, joint, value = _halves(word)
    if not value:
        return False
    if joint in ("=", ":") and ((name in UNITS and _counts(value)) or _CLOCK.fullmatch(value)):
        return True
    return name in _LEADS and bool(_lasts(value) or _CLOCK.fullmatch(value) or (joint and _is_timely(value)))


def _is_dashed(word: str) -> bool:
    """`two-hours`, `half-hour`, `2-days`, `mon-fri`."""
    first, _, last = word.partition("-")
    counted = first in COUNTS or first == "half" or _counts(first)
    return (counted and UNITS.get(last, 1) > 1 and len(last) > 1) or (_is_timely(first) and _is_timely(last))


def _halves(word: str) -> tuple[str, str, str]:
    """`for=2h`, `for:2h`, `for-2h` and `for2h` as what is named, what joins the two, and what is said of it."""
    found = re.fullmatch(r"([^\W\d]+)([=:-]*)(\w.*)", word)
    return (found[1], found[2][:1], found[3]) if found else ("", "", "")


def _lasts(word: str) -> bool:
    return bool(_ISO_LIKE.fullmatch(word)) or (glued(word) is not None and not CODE.fullmatch(word))


def _is_timely(word: str) -> bool:
    return unaccented(word).removesuffix("-feira") in TIMELY


def _counts(word: str) -> bool:
    return bool(re.fullmatch(r"\d{1,9}([.,]\d{1,9})?", word.rstrip(",;:.")))


def check_options(reason: str) -> None:
    """Raise a Refusal when a word of a reason looks like an option that is not known there."""
    for word in reason.split():
        if re.match(r"-+[^\W\d]", hyphened(visible(word))):
            raise Refusal(
                say(
                    "`{word}` looks like an option. Nothing was done: `--steal` comes first, a time is 30m, 2h or "
                    "`until 18:00`, and no word of the reason may begin with a dash.",
                    word=shown(word),
                )
            )
