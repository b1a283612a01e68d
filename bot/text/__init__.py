"""The one function through which every text that a person reads goes, and small pieces of wording."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.text.forms import AND, OR, Count, Listing, Moment, Sentence, Span
from bot.text.values import Joined, Text

ROUGH = 10_000
"""Characters that are kept of a text from outside until its secrets are masked."""


def say(sentence: str, **values: object) -> Text:
    """`sentence`, its {named} placeholders filled in; values may be texts themselves."""
    return Text(Sentence(sentence, values))


def plural(one: str, many: str, count: int, **values: object) -> Text:
    """The sentence for `count` things; `{count}` is filled in."""
    return Text(Count(one, many, count, values))


def side_by_side(*parts: str, by: str = " ") -> Text:
    """Whole texts after one another: sentences, or with `by` parts of a line; empty ones are left out."""
    return Text(Joined(tuple(each for each in parts if each), by))


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters; what was cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def rough(text: str) -> str:
    """The beginning of what came from outside: more than is ever shown, so that it can be masked before it is cut."""
    return text[:ROUGH]


def listing(words: Sequence[str], *, most: int = 5) -> Text:
    """`a, b and c`; beyond `most` words the rest is counted: `a, b and 7 more`."""
    return Text(Listing(tuple(words), most, AND))


def choice(words: Sequence[str], *, most: int = 8) -> Text:
    """`a, b or c`; beyond `most` words the rest is counted."""
    return Text(Listing(tuple(words), most, OR))


def span(duration: timedelta) -> Text:
    """A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    return Text(Span(int(duration.total_seconds())))


def moment(at: datetime, zone: ZoneInfo) -> Text:
    """A time for readers in several zones: `Mon 23 Nov 14:00 (America/Sao_Paulo)`."""
    return Text(Moment(at, zone))


def size_words(count: int) -> str:
    """A number of bytes as people say it: `812 B`, `48 kB`, `1.2 GB`."""
    size, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
