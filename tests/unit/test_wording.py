"""Small pieces of wording, and reading what people type."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import listing, plural, say, shorten, span
from bot.text.values import Reader, reading
from handlers.slack.parsing.text import first_word, take_flag, take_number, unknown, user_in


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0 s"), (0, "0 s"), (0.9, "0 s"), (45, "45 s"), (200, "3 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min"),
     (3601, "1 h 1 s"), (273_600, "3 d 4 h"), (273_605, "3 d 4 h")],
)  # fmt: skip
def test_a_duration_is_said_with_its_two_largest_units(seconds: float, expected: str) -> None:
    assert span(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
        (["{x}", "{y}"], "{x} and {y}"),
    ],
)
def test_a_list_is_said_as_people_say_it(words: list[str], expected: str) -> None:
    assert listing(words) == expected


@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_braces_of_people_are_left_alone() -> None:
    assert say("{who} said {what}", who="{what}", what="{0}") == "{what} said {0}"
    assert say("100 % {done}") == "100 % {done}"


@pytest.mark.parametrize(("count", "expected"), [(0, "0 items of x"), (1, "1 item of x"), (2, "2 items of x")])
def test_a_count_agrees_with_its_noun(count: int, expected: str) -> None:
    assert plural("{count} item of {what}", "{count} items of {what}", count, what="x") == expected


@pytest.mark.parametrize("locale", ["en", "pt-BR", "pt_BR", "xx", ""])
def test_a_language_without_a_catalogue_reads_english(locale: str) -> None:
    with reading(Reader(locale)):
        assert say("Nothing was changed.") == "Nothing was changed."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", "")),
        ("  P1   Checkout  is down ", ("p1", "Checkout  is down")),
        ("status", ("status", "")),
        ("NOTE\nfirst line\nsecond", ("note", "first line\nsecond")),
        ("note\tx", ("note", "x")),
    ],
)
def test_the_first_word_is_the_command_and_the_rest_is_as_it_was_typed(text: str, expected: tuple[str, str]) -> None:
    assert first_word(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Checkout --drill", (True, "Checkout")),
        ("—drill Checkout", (True, "Checkout")),
        ("Checkout –DRILL now", (False, "Checkout –DRILL now")),
        ("Checkout drill", (False, "Checkout drill")),
        ("", (False, "")),
    ],
)
def test_a_flag_is_found_however_a_phone_writes_it(text: str, expected: tuple[bool, str]) -> None:
    assert take_flag(text, "--drill") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7 status", (7, "status")), ("#7", (7, "")), ("p1 x", (None, "p1 x")), ("", (None, "")), ("-7", (None, "-7")),
     ("7a", (None, "7a")), ("12345678901 x", (None, "12345678901 x")), ("³ x", (None, "³ x"))],
)  # fmt: skip
def test_a_leading_number_is_an_incident_s(text: str, expected: tuple[int | None, str]) -> None:
    assert take_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U01ALICE>", "U01ALICE"),
        ("to <@W2|alice> please", "W2"),
        ("@alice", None),
        ("<#C1>", None),
        ("<@U1", None),
        ("", None),
    ],
)
def test_a_mention_is_a_user_s_id(text: str, expected: str | None) -> None:
    assert user_in(text) == expected


@pytest.mark.parametrize(("word", "guess"), [("stauts", "status"), ("severty", "severity"), ("xyzzy", None)])
def test_an_unknown_word_gets_the_nearest_match(word: str, guess: str | None) -> None:
    sentence = unknown("/incident", word, ["status", "severity", "note"]).sentence
    assert (f"Did you mean `/incident {guess}`?" in sentence) is (guess is not None)
    assert "`/incident help` lists its commands." in sentence


def test_an_unknown_word_cannot_break_out_of_its_quotes() -> None:
    sentence = unknown("/incident", "`x` " + "y" * 99, []).sentence
    assert sentence.startswith("/incident does not know `'x' " + "y" * 36 + "`")
