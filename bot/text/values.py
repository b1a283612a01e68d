"""Texts as values: what a person reads, with what it was made of, so that it can be said again to another reader.

A `Text` is a `str` of its words for one reader. Its form (bot/text/forms.py) says it to any other; bot/text/stored.py
keeps it in the database. A string without a form is words that stay as they are: of people, of programs, or of rows
before there were forms.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

Change = Callable[[str], str]


@dataclass(frozen=True)
class Reader:
    """Who reads: `locale` as gettext or Slack says it; `zone` replaces the zone in which a text says its times."""

    locale: str = "en"
    zone: ZoneInfo | None = None


ENGLISH = Reader()
_reader: ContextVar[Reader] = ContextVar("reader", default=ENGLISH)


def reader_now() -> Reader:
    """To whom texts are said here."""
    return _reader.get()


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Have every text that is made or read here said to this reader."""
    before = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(before)


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """The same for a reader of this language; the reader stays as it was when the language is empty."""
    with reading(replace(_reader.get(), locale=locale) if locale else _reader.get()):
        yield


class Form(Protocol):
    """What a text is made of."""

    def words(self, reader: Reader) -> str:
        """The text for this reader."""

    def data(self) -> dict[str, Any]:
        """As JSON; bot/text/stored.py reads it."""

    def mapped(self, change: Change) -> "Form":
        """The same with every value that is a string changed."""


class Text(str):
    """Words for one reader, and their form."""

    __slots__ = ("form", "reader", "stored_as")
    form: Form
    reader: Reader
    stored_as: str | None

    def __new__(cls, form: Form, reader: Reader | None = None, stored_as: str | None = None) -> "Text":
        reader = reader or _reader.get()
        made = super().__new__(cls, form.words(reader))
        made.form, made.reader, made.stored_as = form, reader, stored_as
        return made

    def __add__(self, more: str) -> "Text":
        return Text(Joined((*_parts(self), more), ""))

    def __radd__(self, before: str) -> "Text":
        return Text(Joined((before, self), ""))

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self.form, None, self.stored_as)

    def __deepcopy__(self, memo: object) -> "Text":
        return self  # as of any string: a form may hold what cannot be copied, an error or a lock


def said_to(reader: Reader, value: Any) -> Any:
    """A value for this reader: texts are said anew, anything else stays."""
    if not isinstance(value, Text) or value.reader == reader:
        return value
    return Text(value.form, reader, value.stored_as)


@dataclass(frozen=True)
class Joined:
    """Whole texts side by side: sentences with a space between them, parts of a line with a dot."""

    parts: tuple[Any, ...]
    by: str

    def words(self, reader: Reader) -> str:
        return self.by.join(str(said_to(reader, each)) for each in self.parts)

    def data(self) -> dict[str, Any]:
        return {"join": [data_of(each) for each in self.parts], "by": self.by}

    def mapped(self, change: Change) -> "Joined":
        return Joined(tuple(mapped(each, change) for each in self.parts), self.by)


def _parts(text: Text) -> tuple[Any, ...]:
    return text.form.parts if isinstance(text.form, Joined) and not text.form.by else (text,)


def mapped(value: Any, change: Change) -> Any:
    """A value of a text, with every string in it changed; what is neither a text nor a number becomes its words."""
    if isinstance(value, Text):
        return Text(value.form.mapped(change))
    return value if isinstance(value, int | float | None) else change(str(value))


def data_of(value: Any) -> Any:
    """A value of a text, as JSON."""
    if isinstance(value, Text):
        return {"text": value.form.data()}
    return value if isinstance(value, int | float | None) and not isinstance(value, bool) else str(value)
