"""A runbook in the language of who reads it: by the catalogue, else by its own Portuguese, else as it is written."""

from typing import Any, TypeVar

from pydantic import BaseModel

from bot.text.forms import Written
from bot.text.runbook_extraction import FIELDS
from bot.text.values import Reader, Text, said_to

P = TypeVar("P", bound=BaseModel)
TRANSLATED = ("text", "title")
"""Fields whose Portuguese the runbook may have beside them in `pt`; that of others is in `<field>_pt`."""


def in_words_of(part: P, locale: str) -> P:
    """A part of a runbook whose words are texts, said to a reader of this language."""
    reader = Reader(locale)
    own = {name: _text(part, name, reader) for name in FIELDS if isinstance(getattr(part, name, None), str)}
    parts = {name: changed for name, value in part if (changed := _within(value, locale)) is not value}
    return part.model_copy(update={**parts, **own}) if own or parts else part


def written_in(language: str, part: BaseModel, name: str) -> str:
    """A field of a part of a runbook in this language, whoever the part was read for."""
    value = getattr(part, name)
    reader = Reader(language)
    return str(said_to(reader, value) if isinstance(value, Text) else _text(part, name, reader))


def _text(part: BaseModel, name: str, reader: Reader) -> Text:
    portuguese = getattr(part, "pt" if name in TRANSLATED else f"{name}_pt", None)
    return Text(Written(name, getattr(part, name), portuguese), reader)


def _within(value: Any, locale: str) -> Any:
    if isinstance(value, BaseModel):
        return in_words_of(value, locale)
    if isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        return tuple(_within(each, locale) for each in value)
    return value
