"""A known value is found in every form: escaped, encoded, spread, split over lines and chunks."""

import base64
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import MASK, Masker

SECRET = "s3cr3t/V4lue-0123+XyZ"
SHORT = 'p@ss/wörd +"9'
Form = Callable[[str], str]


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def _bytes(text: str, form: str) -> str:
    return "".join(form.format(byte) for byte in text.encode())


ANY_LENGTH: dict[str, Form] = {
    "split over two lines": lambda s: f"{s[:5]}\n{s[5:]}",
    "split over indented lines": lambda s: f"{s[:3]}\r\n    {s[3:6]}\n  {s[6:]}",
    "continued by a backslash": lambda s: f"{s[:5]}\\\n{s[5:]}",
    "with a zero-width space after each character": "\u200b".join,
    "with a byte order mark inside": lambda s: f"{s[:5]}\ufeff{s[5:]}",
    "turned by a bidi override": lambda s: f"{s[:5]}\u202e{s[5:]}",
    "coloured inside": lambda s: f"{s[:5]}\x1b[31m{s[5:]}",
    "as escapes": _escaped,
    "partly as escapes": lambda s: s[:4] + _escaped(s[4:6]) + s[6:],
    "as escapes in JSON": lambda s: json.dumps(_escaped(s))[1:-1],
    "in JSON in JSON": lambda s: json.dumps(json.dumps(s)).strip('"\\'),
    "as escapes with braces": lambda s: "".join(f"\\u{{{ord(each):x}}}" for each in s),
    "as hexadecimal escapes": lambda s: _bytes(s, "\\x{:02x}"),
    "as octal escapes": lambda s: _bytes(s, "\\{:03o}"),
    "wholly percent-encoded": lambda s: _bytes(s, "%{:02X}"),
    "percent-encoded twice": lambda s: _bytes(s, "%25{:02x}"),
    "as HTML entities": lambda s: "".join(f"&#{ord(each)};&#x200b;" for each in s),
    "in hexadecimal, in mixed letters": lambda s: "".join(
        each.upper() if place % 3 else each for place, each in enumerate(s.encode().hex())
    ),
    "in hexadecimal, spaced": lambda s: s.encode().hex(" "),
    "in hexadecimal, with colons": lambda s: s.encode().hex(":").upper(),
    "as numbers of a program": lambda s: ", ".join(hex(byte) for byte in s.encode()),
    "in base64 over lines": lambda s: "\n".join(
        base64.b64encode(s.encode()).decode()[at : at + 7] for at in range(0, 30, 7)
    ),
}  # fmt: skip
LONG_ONES: dict[str, Form] = {
    "joined by a program": lambda s: f'{s[:9]}" + "{s[9:]}',
    "character by character": lambda s: "', '".join(s),
    "spaced": " ".join,
    "one character a line": "\n".join,
}


@pytest.mark.parametrize("secret", [SECRET, SHORT], ids=["long", "short"])
@pytest.mark.parametrize("form", ANY_LENGTH.values(), ids=ANY_LENGTH.keys())
def test_a_known_value_is_masked(form: Form, secret: str) -> None:
    masked = Masker([secret]).mask(f"before {form(secret)} after")
    assert set(masked.removeprefix("before").removesuffix("after")) <= {*'•\n 0x=\\"&#;2b'}
    assert MASK in masked


@pytest.mark.parametrize("form", LONG_ONES.values(), ids=LONG_ONES.keys())
def test_a_long_value_is_masked_whatever_stands_between_its_characters(form: Form) -> None:
    masked = Masker([SECRET]).mask(f"before {form(SECRET)} after")
    assert set(masked.removeprefix("before ").removesuffix(" after")) <= {*"•\n"}


@pytest.mark.parametrize("written", ["it'\\''s-9secret", "it'\"'\"'s-9secret", "it''s-9secret", "it\\'s-9secret"])
def test_a_value_with_a_quote_is_masked_however_it_is_quoted(written: str) -> None:
    assert Masker(["it's-9secret"]).mask(f"echo '{written}'") == f"echo '{MASK}'"


def test_a_split_value_leaves_the_lines_as_they_are() -> None:
    assert Masker([SECRET]).mask(f"a\n{SECRET[:7]}\n{SECRET[7:]}\nb") == f"a\n{MASK}\n{MASK}\nb"


def test_words_that_have_the_letters_of_a_short_value_stay() -> None:
    assert Masker(["on-call7"]).mask("who is on call 7 days a week") == "who is on call 7 days a week"


@given(st.integers(4, len(SECRET) - 1), st.sampled_from(["\n", "\r\n", "\n   ", "\\\n"]), st.data())
def test_a_value_split_over_lines_and_chunks_is_masked_in_a_stream(at: int, by: str, data: st.DataObject) -> None:
    text = f"one\nbefore {SECRET[:at]}{by}{SECRET[at:]} after\nlast\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    lines = list(Masker([SECRET]).lines(chunks))
    assert [line.rstrip("\r") for line in lines] == ["one", f"before {MASK}", f"{MASK} after", "last"]


def test_of_a_value_split_after_its_first_letters_only_those_are_seen() -> None:
    lines = list(Masker([SECRET]).lines(["s3c\n", "r3t/V4lue-0123+XyZ\n"]))
    assert lines == ["s3c", MASK]


def test_a_private_key_is_masked_line_by_line_as_it_comes() -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", "MIIEvQ", "IBADAN", "-----END PRIVATE KEY-----", "Done in 3 s"]
    assert list(Masker().lines(f"{line}\n" for line in lines)) == [lines[0], MASK, MASK, *lines[3:]]


@given(st.text(st.sampled_from("abs3cr3t/V4lue-0123+XyZ\n \\%4\u200b"), max_size=200), st.integers(1, 40))
def test_a_long_text_is_masked_in_pieces_as_it_is_whole(text: str, size: int) -> None:
    masker = Masker([SECRET])
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert "\n".join(masker.lines(chunks)) == masker.mask(text).removesuffix("\n")


@given(st.text(max_size=60), st.integers(1, 30), st.text(max_size=60))
def test_a_value_across_a_cut_never_shows_its_beginning(before: str, limit: int, after: str) -> None:
    shown = Masker([SECRET]).head(f"{before}{SECRET}{after}", limit)
    assert "s3cr3t" not in shown.replace("s3cr3t", "", before.count("s3cr3t"))
    assert len(shown) <= limit
