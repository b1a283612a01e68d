"""Masking takes time in proportion to the text, whatever the text is."""

import re
import time
from collections import deque
from collections.abc import Callable

import pytest
from torture import often, some

from bot.masking import Masker
from bot.masking.assignments import NAMES, assignment_spans
from bot.masking.shapes import SHAPES, Shape

SMALL, LARGE = 2_000, 40_000
SO_MANY = often(3, 100)
"""Units of a text that each shape and each name is tried with."""
# Of quadratic work, a character of the large text would cost 20 times as much.
GROWTH = 6
FOLLOWS = (
    "",
    "a",
    " ",
    "=",
    ":",
    "'",
    '"',
    "\\",
    "a.",
    "a@",
    "a:",
    "a/",
    "1",
    "-",
    "\t",
    "A7",
    "a,",
    "a=",
    "&a=",
    "://",
)
KNOWN = ["s3cr3t-value-0123456789", "aaaaaaaaaaaaaaaaaaaaaaaab", "postgresql://app:p%40ssw0rd@db/x", "ababababababac"]
WHOLE = (
    *FOLLOWS[1:], "x", "\n", "\r\n", "\\n", "\\u0061", "%61", "%2561", "&#97;", "&amp;", "\u200b", "s3cr3t", "aaaaab",
    "eyJ", "://u:p", "://u:p@h ", "postgres://u:p/", "password: ", 'password="', "password=\\\"", "--token ", "bearer ",
    "authorization: ", "cookie: a=", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----\n",
    "AKIAIOSFODNN7EXAMPLE ", "key=", "?key=", "login ", "-u a", "0x61, ", "61:", "ab", "a b ", "•", "é",
    "\x1b[", "\x1b]0;", "'\"'\"'", "token, ",
)  # fmt: skip


def _cost(work: Callable[[str], object], unit: str, size: int, tries: int) -> float:
    """Processor time for each character, the best of some tries."""
    text = (unit * (size // len(unit) + 1))[:size]
    best = float("inf")
    for _ in range(tries):
        began = time.thread_time()
        work(text)
        best = min(best, time.thread_time() - began)
    return best / size


def _grows(work: Callable[[str], object], unit: str, small: int = SMALL, large: int = LARGE) -> float:
    """How much more a character costs in a long text, in the best of three trials: others may be in the way."""
    least, grown = 2e-9, float("inf")
    for _ in range(3):
        grown = min(grown, max(_cost(work, unit, large, 2), least) / max(_cost(work, unit, small, 5), least))
        if grown <= GROWTH:
            break
    return grown


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.sign for shape in SHAPES])
def test_a_shape_is_found_in_linear_time(shape: Shape) -> None:
    pattern = re.compile(shape.pattern)

    def find(text: str) -> None:
        for match in pattern.finditer(text):
            deque(shape.hidden(match, text), maxlen=0)

    units = some([*FOLLOWS], SO_MANY, shape.sign)
    slow = {unit: grown for unit in units if (grown := _grows(find, shape.sign + unit)) > GROWTH}
    assert slow == {}


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_is_found_in_linear_time(name: str) -> None:
    def find(text: str) -> None:
        deque(assignment_spans(text, text), maxlen=0)

    units = some([*FOLLOWS], SO_MANY, name)
    slow = {unit: grown for unit in units if (grown := _grows(find, name + unit, 1_000, 20_000)) > GROWTH}
    assert slow == {}


@pytest.mark.parametrize("unit", WHOLE)
def test_a_text_without_lines_is_masked_in_linear_time(unit: str) -> None:
    assert _grows(Masker(KNOWN).mask, unit) < GROWTH


@pytest.mark.parametrize(
    "before", ['password="', "eyJ", "://", "-----BEGIN PRIVATE KEY-----", "\\", "\x1b]", "--token "]
)
def test_a_text_of_a_megabyte_is_masked_in_linear_time(before: str) -> None:
    masker = Masker(KNOWN)
    assert _grows(lambda text: masker.mask(before + text), "a", 1_000, often(200_000, 1_000_000)) < GROWTH
