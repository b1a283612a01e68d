"""Texts as values: what a person reads, with what it was made of, so that it can be said again to another reader.

A `Text` is a `str` of its words for one reader. It is stored as its words, U+001E, and JSON of its form
(`packed`); whoever reads the row later has the form again (`unpacked`), and says it in the reader's language and zone.
A string without a form is words that stay as they are: of people, of programs, or of rows before there were forms.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from bot.text.catalogue import translated, translated_count

MARK = "\x1e"
"""Between the words of a stored text and its form; taken out of every other string that is stored."""
Mask = Callable[[str], str]


@dataclass(frozen=True)
class Reader:
    """Who reads: `locale` as gettext or Slack says it; `zone` replaces the zone in which a text says its times."""

    locale: str = "en"
    zone: ZoneInfo | None = None


ENGLISH = Reader()
_reader: ContextVar[Reader] = ContextVar("reader", default=ENGLISH)


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Have every text that is made or read here said to this reader."""
    before = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(before)


class Form(Protocol):
    """What a text is made of."""

    def words(self, reader: Reader) -> str:
        """The text for this reader."""

    def data(self) -> dict[str, Any]:
        """As JSON; `form_of` reads it."""

    def mapped(self, change: Mask) -> "Form":
        """The same with every value that is a string changed."""


class Text(str):
    """Words for one reader, and their form."""

    __slots__ = ("form", "stored_as")
    form: Form
    stored_as: str | None

    def __new__(cls, form: Form, reader: Reader | None = None, stored_as: str | None = None) -> "Text":
        made = super().__new__(cls, form.words(reader or _reader.get()))
        made.form, made.stored_as = form, stored_as
        return made

    def __add__(self, more: str) -> "Text":
        return Text(Joined((*_parts(self), more), ""))

    def __radd__(self, before: str) -> "Text":
        return Text(Joined((before, self), ""))

    def __reduce__(self) -> tuple[Any, ...]:
        return unpacked, (packed(self),)


def said_to(reader: Reader, value: Any) -> Any:
    """A value for this reader: texts are said anew, anything else stays."""
    return Text(value.form, reader, value.stored_as) if isinstance(value, Text) else value


@dataclass(frozen=True)
class Sentence:
    """A sentence with named placeholders."""

    sentence: str
    values: Mapping[str, Any]

    def words(self, reader: Reader) -> str:
        found = translated(self.sentence, reader.locale)
        return found.format(**_said(self.values, reader)) if self.values else found

    def data(self) -> dict[str, Any]:
        return {"say": self.sentence, "with": _packed_values(self.values)}

    def mapped(self, change: Mask) -> "Sentence":
        return Sentence(self.sentence, {name: _mapped(value, change) for name, value in self.values.items()})


@dataclass(frozen=True)
class Count:
    """A sentence about `count` things."""

    one: str
    many: str
    count: int
    values: Mapping[str, Any]

    def words(self, reader: Reader) -> str:
        found = translated_count(self.one, self.many, self.count, reader.locale)
        return found.format(count=self.count, **_said(self.values, reader))

    def data(self) -> dict[str, Any]:
        return {"one": self.one, "many": self.many, "count": self.count, "with": _packed_values(self.values)}

    def mapped(self, change: Mask) -> "Count":
        values = {name: _mapped(value, change) for name, value in self.values.items()}
        return Count(self.one, self.many, self.count, values)


@dataclass(frozen=True)
class Words:
    """Words that stay as they are: their form is of a version that this one cannot read."""

    text: str

    def words(self, reader: Reader) -> str:
        return self.text

    def data(self) -> dict[str, Any]:
        return {"say": "{words}", "with": {"words": self.text}}

    def mapped(self, change: Mask) -> "Words":
        return Words(change(self.text))


AND, OR = "{first} and {last}", "{first} or {last}"


@dataclass(frozen=True)
class Listing:
    """Several things: `a, b and c`, or `a, b or c`; beyond `most` the rest is counted."""

    items: tuple[Any, ...]
    most: int
    joined: str = AND

    def words(self, reader: Reader) -> str:
        shown = [str(said_to(reader, each)) for each in self.items[: self.most]]
        if len(self.items) > self.most:
            shown.append(translated("{count} more", reader.locale).format(count=len(self.items) - self.most))
        if len(shown) < 2:
            return "".join(shown)
        return translated(self.joined, reader.locale).format(first=", ".join(shown[:-1]), last=shown[-1])

    def data(self) -> dict[str, Any]:
        return {"list": [_packed_value(each) for each in self.items], "most": self.most, "joined": self.joined}

    def mapped(self, change: Mask) -> "Listing":
        return Listing(tuple(_mapped(each, change) for each in self.items), self.most, self.joined)


@dataclass(frozen=True)
class Joined:
    """Whole texts side by side: sentences with a space between them, parts of a line with a dot."""

    parts: tuple[Any, ...]
    by: str

    def words(self, reader: Reader) -> str:
        return self.by.join(str(said_to(reader, each)) for each in self.parts)

    def data(self) -> dict[str, Any]:
        return {"join": [_packed_value(each) for each in self.parts], "by": self.by}

    def mapped(self, change: Mask) -> "Joined":
        return Joined(tuple(_mapped(each, change) for each in self.parts), self.by)


@dataclass(frozen=True)
class Span:
    """A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""

    seconds: int
    UNITS: ClassVar = (("{count} d", 86400), ("{count} h", 3600), ("{count} min", 60), ("{count} s", 1))

    def words(self, reader: Reader) -> str:
        left, parts = max(self.seconds, 0), []
        for unit, size in self.UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(translated(unit, reader.locale).format(count=count))
        return " ".join(parts[:2]) or translated("{count} s", reader.locale).format(count=0)

    def data(self) -> dict[str, Any]:
        return {"seconds": self.seconds}

    def mapped(self, change: Mask) -> "Span":
        return self


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Moment:
    """A time in a zone: `Mon 23 Nov 14:00 (America/Sao_Paulo)`.

    In the hour that comes twice when clocks go back, the offset tells which one it is.
    """

    at: datetime
    zone: ZoneInfo

    def words(self, reader: Reader) -> str:
        zone = reader.zone or self.zone
        local = self.at.astimezone(zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        day, month = (translated(each, reader.locale) for each in (DAYS[local.weekday()], MONTHS[local.month - 1]))
        offset = " UTC" + local.isoformat()[-6:] if twice else ""
        return f"{day} {local:%d} {month} {local:%H:%M}{offset} ({zone.key})"

    def data(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "zone": self.zone.key}

    def mapped(self, change: Mask) -> "Moment":
        return self


def _parts(text: Text) -> tuple[Any, ...]:
    return text.form.parts if isinstance(text.form, Joined) and not text.form.by else (text,)


def packed(text: Text) -> str:
    """As it is stored: its English words, U+001E, and its form as JSON."""
    if text.stored_as is not None:
        return text.stored_as
    form = json.dumps(text.form.data(), ensure_ascii=False, separators=(",", ":"))
    return f"{Text(text.form, ENGLISH)}{MARK}{form}"


def unpacked(stored: str) -> str:
    """What was stored, as a text again; a string without a form, or with one that nobody can read, as its words."""
    words, mark, form = stored.partition(MARK)
    if not mark:
        return stored
    try:
        return Text(form_of(json.loads(form)), stored_as=stored)
    except (ValueError, LookupError, TypeError, AttributeError):
        return Text(Words(words), stored_as=stored)


def unpacked_all(value: Any) -> Any:
    """A value with every text in it that was stored."""
    if isinstance(value, str):
        return unpacked(value)
    if isinstance(value, dict):
        return {name: unpacked_all(each) for name, each in value.items()}
    return [unpacked_all(each) for each in value] if isinstance(value, list) else value


def packed_all(value: Any) -> Any:
    """A value with every text in it as it is stored."""
    if isinstance(value, Text):
        return packed(value)
    if isinstance(value, dict):
        return {name: packed_all(each) for name, each in value.items()}
    return [packed_all(each) for each in value] if isinstance(value, list | tuple) else value


def form_of(data: Mapping[str, Any]) -> Form:
    """The form that this JSON says. Raises LookupError, TypeError or ValueError when it says none."""
    if "say" in data:
        return Sentence(data["say"], _unpacked_values(data["with"]))
    if "one" in data:
        return Count(data["one"], data["many"], data["count"], _unpacked_values(data["with"]))
    if "list" in data:
        return Listing(tuple(_unpacked_value(each) for each in data["list"]), data["most"], data["joined"])
    if "join" in data:
        return Joined(tuple(_unpacked_value(each) for each in data["join"]), data["by"])
    if "seconds" in data:
        return Span(data["seconds"])
    return Moment(datetime.fromisoformat(data["at"]), ZoneInfo(data["zone"]))


def masked_text(text: str, mask: Mask) -> str:
    """A string without secrets, as it is stored: with its form when masking its values hides the same as masking
    its words, else as words alone."""
    english = said_to(ENGLISH, text)
    words = mask(str(english)).replace(MARK, "")
    if not isinstance(text, Text):
        return words
    parts = Text(text.form.mapped(mask), ENGLISH)
    return packed(parts) if parts == words else words


def _said(values: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    return {name: said_to(reader, value) for name, value in values.items()}


def _mapped(value: Any, change: Mask) -> Any:
    if isinstance(value, Text):
        return Text(value.form.mapped(change))
    return change(value) if isinstance(value, str) else value


def _packed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _packed_value(value) for name, value in values.items()}


def _packed_value(value: Any) -> Any:
    if isinstance(value, Text):
        return {"text": value.form.data()}
    return value if isinstance(value, int | float | None) and not isinstance(value, bool) else str(value)


def _unpacked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _unpacked_value(value) for name, value in values.items()}


def _unpacked_value(value: Any) -> Any:
    return Text(form_of(value["text"])) if isinstance(value, Mapping) else value
