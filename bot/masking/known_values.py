"""Known secret values, found in every form in which they travel: escaped, encoded, split over lines, made invisible."""

import base64
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from bot.masking.views import Span, View, digits, joined, letters, levels

# A shorter value is a word of everyday text.
SHORTEST = 6
# With so many letters and digits in a row, what stands between them does not matter: no everyday text has them.
UNMISTAKABLE = 12
# How much longer than its letters such a find may be: `0x73, 0x33, …` is six times as long.
_SPREAD, _SLACK = 8, 64
# The first characters of a value at the end of a line: from so many on, the next line is waited for.
_BEGINNING = 4


class Known:
    """Finds the given values."""

    def __init__(self, secrets: Iterable[str]) -> None:
        values = {value for secret in secrets for value in values_of(secret)}
        encoded = {form for value in values for form in _base64_forms(value)}
        self._plain = _needles({*(form for value in values for form in _written(value)), *encoded}, SHORTEST)
        self._letters = _needles({_letters_of(form) for form in values | encoded}, UNMISTAKABLE)
        self._digits = _needles({value.encode("utf-8", "surrogatepass").hex() for value in values}, UNMISTAKABLE)
        self._beginnings = {needle[:_BEGINNING] for needle in (*self._plain, *self._letters, *self._digits)}
        self.longest = max(map(len, (*self._plain, *self._digits)), default=0)

    def spans(self, text: str) -> list[Span]:
        """Where the values stand in the text, in no order; they may overlap."""
        return [span for level in levels(text) for span in self._spans(level)] if self._plain else []

    def _spans(self, level: View) -> Iterator[Span]:
        yield from _found(level, self._plain)
        if (seen := joined(level)) is not None:
            yield from _found(seen, self._plain)
        if len(level.text) >= UNMISTAKABLE:
            bare = letters(level)
            yield from _found(bare, self._letters, loose=True)
            yield from _found(digits(bare), self._digits, loose=True)

    def unfinished(self, text: str) -> int | None:
        """Where a value may begin whose end is still to come; None when the text does not end like that."""
        tail = text[-2 * self.longest :] if self.longest else ""
        begins = [
            view.origin(position, position + 1)[0]
            for level in levels(tail)
            for view, needles in self._views(level)
            if (position := self._beginning(view.text, needles)) is not None
        ]
        return len(text) - len(tail) + min(begins) if begins else None

    def _views(self, level: View) -> Iterator[tuple[View, tuple[str, ...]]]:
        yield joined(level) or level, self._plain
        yield (bare := letters(level)), self._letters
        yield digits(bare), self._digits

    def _beginning(self, text: str, needles: tuple[str, ...]) -> int | None:
        for position in range(max(0, len(text) - self.longest), len(text) - _BEGINNING + 1):
            if text[position : position + _BEGINNING] in self._beginnings:
                rest = text[position:]
                if any(needle.startswith(rest) and needle != rest for needle in needles):
                    return position
        return None


def _needles(forms: Iterable[str], least: int) -> tuple[str, ...]:
    return tuple(sorted({form for form in forms if len(form) >= least}))


def _found(view: View, needles: tuple[str, ...], *, loose: bool = False) -> Iterator[Span]:
    """Every occurrence, also those that overlap; what is `loose` may be spread, but not over half a page."""
    text = view.text
    for needle in [each for each in needles if each in text]:
        position = text.find(needle)
        while position >= 0:
            start, end = view.origin(position, position + len(needle))
            if not loose or end - start <= _SPREAD * len(needle) + _SLACK:
                yield start, end
            position = text.find(needle, position + 1)


def values_of(secret: str) -> set[str]:
    """What must not be seen of a secret: itself, each of its lines, the password in a DSN."""
    whole = {secret, secret.strip(), *_lines(secret), *_passwords(secret)}
    normal = {unicodedata.normalize(form, value) for value in whole for form in ("NFC", "NFD")}
    return {value for value in whole | normal if len(value) >= SHORTEST}


def _lines(secret: str) -> Iterator[str]:
    return (line.strip() for line in secret.replace("\r", "\n").split("\n"))


def _written(value: str) -> Iterator[str]:
    """The value as it is, as forms write blanks, and as SQL, CSV and YAML write quotes."""
    yield from (value, value.replace(" ", "+"), value.replace("'", "''"), value.replace('"', '""'))


def _letters_of(form: str) -> str:
    return "".join(character for character in form if character.isascii() and character.isalnum())


def _base64_forms(value: str) -> Iterator[str]:
    """Base64 of the value alone, and of its middle where it stands inside something longer (`user:password`)."""
    raw = value.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in (0, 1, 2):
            whole = encode(b"\0" * before + raw).decode().rstrip("=")
            # The first and the last characters also carry bits of the neighbours.
            yield whole[before + 1 if before else 0 : (before + len(raw)) * 8 // 6]
        yield encode(raw).decode().rstrip("=")


def _passwords(secret: str) -> set[str]:
    """The password in a DSN, as written and decoded; not one that is also the user's name, which is in plain sight."""
    try:
        parts = urlsplit(secret)
        password = parts.password
    except ValueError:
        return set()
    if not password or password in (parts.username, parts.hostname, parts.path.strip("/")):
        return set()
    return {password, unquote(password)}
