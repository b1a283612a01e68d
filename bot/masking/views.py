"""A text seen another way: escapes read, or noise left out. Each view finds its way back to the text it came from."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from urllib.parse import unquote_to_bytes

from bot.text.legible import ANSI

Span = tuple[int, int]
Replace = Callable[[re.Match[str]], str]

MASK_CHARACTER = "•"
MOST_LEVELS = 3
"""How often escapes within escapes are read: JSON in JSON in a URL."""

# What has no width of its own or no shape at all.
INVISIBLE = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_NOISE = re.compile(rf"{ANSI}|[{INVISIBLE}]++|\\?(?:\r\n?|\n)[ \t]*+")
_NO_LETTER = re.compile(rf"[^0-9A-Za-z{MASK_CHARACTER}]++")
_PREFIX = re.compile("0[xX]")
_ESCAPE = re.compile(
    r"'(?:\\''|\"'\"')"  # a quote within a shell's quotes
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}"
    # Bytes of one character stand together; an ASCII character stands alone.
    r"|(?:\\x[89a-fA-F][0-9a-fA-F])++|\\x[0-7][0-9a-fA-F]"
    r"|(?:\\[23][0-7]{2})++|\\[01][0-7]{2}"
    r"|(?:%[89a-fA-F][0-9a-fA-F])++|%[0-7][0-9a-fA-F]"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);"
    r"|\\[^\n]"
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0"}
_DROPPED = bytes(set(range(1, 256)) - set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))


class View:
    """`text` is what `pattern` and `replace` make of the parent's text; without a parent it is the text itself."""

    def __init__(self, text: str, parent: "View | None" = None, made: tuple[re.Pattern[str], Replace] | None = None):
        self.text, self._parent, self._made = text, parent, made

    def origin(self, start: int, end: int) -> Span:
        """Where the characters from `start` to before `end` stand in the first text."""
        if self._parent is None or self._made is None:
            return start, end
        return self._parent.origin(self._there(start)[0], self._there(end - 1)[1])

    def _there(self, position: int) -> Span:
        """The one character, or the whole escape, of the parent's that stands at `position` here."""
        here, there = self._pieces
        number = bisect_right(here, position) - 1
        start, end, kept = there[number]
        return (start + position - here[number], start + position - here[number] + 1) if kept else (start, end)

    @cached_property
    def _pieces(self) -> tuple[list[int], list[tuple[int, int, bool]]]:
        """Where each piece begins here; its start and end in the parent's text, and whether it was kept as it is."""
        assert self._parent
        assert self._made
        pattern, replace = self._made
        here: list[int] = []
        there: list[tuple[int, int, bool]] = []
        length, position = 0, 0
        for match in [*pattern.finditer(self._parent.text), None]:
            start, end = match.span() if match else (len(self._parent.text),) * 2
            made = len(replace(match)) if match else 0
            for size, piece in ((start - position, (position, start, True)), (made, (start, end, False))):
                if size:
                    here.append(length)
                    there.append(piece)
                    length += size
            position = end
        return here, there


def levels(text: str) -> Iterator[View]:
    """The text, then with its escapes read, then with those that show then …"""
    view = View(text)
    yield view
    for _ in range(MOST_LEVELS):
        if not any(sign in view.text for sign in ("\\", "%", "&", "'\"'\"'")):
            return
        decoded = _ESCAPE.sub(_decoded, view.text)
        if decoded == view.text:
            return
        view = View(decoded, view, (_ESCAPE, _decoded))
        yield view


def joined(view: View) -> View | None:
    """Without line breaks and what cannot be seen; None when there is nothing of that."""
    if view.text.isascii() and view.text.isprintable():
        return None
    text = _NOISE.sub("", view.text)
    return View(text, view, (_NOISE, _nothing)) if len(text) != len(view.text) else None


def letters(view: View) -> View:
    """Only ASCII letters and digits, and masks: what stands between two of those never joins."""
    return View(_only_letters(view.text), view, (_NO_LETTER, _nothing))


def _only_letters(text: str) -> str:
    if "\0" in text:
        return _NO_LETTER.sub("", text)
    # The same, many times faster; the mask travels as a NUL.
    raw = text.replace(MASK_CHARACTER, "\0").encode("ascii", "ignore").translate(None, _DROPPED)
    return raw.decode("ascii").replace("\0", MASK_CHARACTER)


def digits(view: View) -> View:
    """`letters` in small letters and without `0x`: hexadecimal however it is spaced."""
    return View(view.text.lower().replace("0x", ""), view, (_PREFIX, _nothing))


def _nothing(match: re.Match[str]) -> str:
    return ""


def _decoded(match: re.Match[str]) -> str:
    escape = match.group()
    match escape[0], escape[1]:
        case "'", _:
            return "'"
        case "&", _:
            return html.unescape(escape)
        case "%", _:
            return _text_of(unquote_to_bytes(escape))
        case _, "x":
            return _text_of(bytes.fromhex(escape.replace("\\x", ""))) if len(escape) > 2 else "x"
        case _, "u" | "U":
            return _characters(escape)
        case _ if len(escape) > 2:
            return _text_of(bytes(int(each, 8) for each in escape[1:].split("\\")))
        case _, letter:
            return _LETTERS.get(letter, letter)


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _characters(escape: str) -> str:
    """What `\\u0041`, `\\u{41}`, `\\U00000041` or a pair of surrogates stand for; else the letter alone."""
    if len(escape) == 12 and escape[6] == "\\":
        return (int(escape[2:6], 16).to_bytes(2, "big") + int(escape[8:], 16).to_bytes(2, "big")).decode("utf-16-be")
    code = escape[2:].strip("{}")
    return chr(min(int(code, 16), 0x10FFFF)) if code else escape[1]
