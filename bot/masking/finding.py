"""Finds what looks like a secret, and puts masks where secrets were found."""

import re
from collections.abc import Iterable, Iterator

from bot.masking.assignments import assignment_spans
from bot.masking.pem import key_spans
from bot.masking.shapes import SHAPES
from bot.masking.views import MASK_CHARACTER, Span, levels

MASK = MASK_CHARACTER * 3
_AS_WRITTEN, _IN_SMALL = (
    tuple((shape.sign, re.compile(shape.pattern), shape.hidden) for shape in SHAPES if shape.folded is small)
    for small in (False, True)
)
_ROUNDS = 5
_LINE = re.compile(r"[^\n]+")


def masked_shapes(text: str, within_key: bool = False) -> tuple[str, bool]:
    """The text without what looks like a secret; whether a private key goes on behind it."""
    spans, goes_on = shape_spans(text, within_key)
    for _ in range(_ROUNDS):
        masked = replaced(text, merged(spans))
        if masked == text:
            break
        # What a mask took the quotes from may be a value of its own now.
        text, spans = masked, shape_spans(masked, within_key)[0]
    return text, goes_on


def shape_spans(text: str, within_key: bool = False) -> tuple[list[Span], bool]:
    """Where something looks like a secret, also where escapes are read; whether a private key goes on behind it."""
    spans, goes_on = [], within_key
    for number, level in enumerate(levels(text)):
        keys, within = key_spans(level.text, within_key)
        goes_on = within if number == 0 else goes_on
        found = [*keys, *_shapes_in(level.text)]
        spans += [level.origin(start, end) for start, end in found if end > start]
    return spans, goes_on


def _shapes_in(text: str) -> Iterator[Span]:
    small = folded(text)
    for where, shapes in ((text, _AS_WRITTEN), (small, _IN_SMALL)):
        for pattern, hidden in [(pattern, hidden) for sign, pattern, hidden in shapes if sign in where]:
            for match in pattern.finditer(where):
                yield from hidden(match, text)
    yield from assignment_spans(text, small)


def folded(text: str) -> str:
    """The text in small letters, every character in its place."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(each.lower() if each.isascii() else each for each in text)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same ground in as few spans as possible."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def replaced(text: str, spans: list[Span]) -> str:
    """The text with a mask for each span; a mask for each line of a span, so that lines stay lines."""
    if not spans:
        return text
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], _LINE.sub(MASK, text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])
