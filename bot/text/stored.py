"""Texts in the database: their words, U+001E, and their form as JSON; masked before they are stored."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.text.forms import Count, Listing, Moment, Sentence, Span, Words, Written
from bot.text.values import ENGLISH, Change, Form, Joined, Text, said_to

MARK = "\x1e"
"""Between the words of a stored text and its form; taken out of every other string that is stored."""


def packed(text: Text) -> str:
    """As it is stored: its English words, U+001E, and its form as JSON."""
    if text.stored_as is not None:
        return text.stored_as
    form = json.dumps(text.form.data(), ensure_ascii=False, separators=(",", ":"))
    return f"{said_to(ENGLISH, text)}{MARK}{form}"


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
    if "written" in data:
        return Written(data["field"], data["written"], data["pt"])
    if "seconds" in data:
        return Span(data["seconds"])
    return Moment(datetime.fromisoformat(data["at"]), ZoneInfo(data["zone"]))


def masked_text(text: str, mask: Change) -> str:
    """A string without secrets, as it is stored: with its form when masking its values hides the same as masking
    its words, else as words alone."""
    english = said_to(ENGLISH, text)
    words = mask(str(english)).replace(MARK, "")
    if not isinstance(text, Text):
        return words
    try:
        parts = Text(text.form.mapped(mask), ENGLISH)
    except ValueError:  # the format of a value is one that its words do not have
        return words
    return packed(parts) if parts == words else words


def _unpacked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _unpacked_value(value) for name, value in values.items()}


def _unpacked_value(value: Any) -> Any:
    return Text(form_of(value["text"])) if isinstance(value, Mapping) else value
