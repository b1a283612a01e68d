"""Texts as values: stored with what they were made of, masked, and said again to another reader."""

import ast
import copy
import pickle
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.text import choice, listing, moment, plural, say, side_by_side, span
from bot.text.catalogue import pseudo, translated_as
from bot.text.extraction import ROOT, SOURCES, sentences, whole_program
from bot.text.forms import Written
from bot.text.stored import MARK, masked_text, packed, packed_all, unpacked, unpacked_all
from bot.text.values import Reader, Text, reading, said_to

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
AT = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
PSEUDO = Reader("en-XA")
TEXTS = [
    say("Nothing was changed."),
    say("{who} waits", who="{ana}"),
    plural("{count} item of {what}", "{count} items of {what}", 2, what="x"),
    listing(["a", "b", "c"], most=2),
    choice(["a", "b"]),
    span(timedelta(seconds=200)),
    moment(AT, SAO_PAULO),
    side_by_side(say("One."), say("Two {n}.", n=2)),
    say("{share:.1f} % of {time}: {names}", share=2.25, time=span(timedelta(days=1)), names=listing(["a", say("b")])),
    say("Before {x}", x=None) + " and after",
    Text(Written("text", "Read the change", "Leia a mudança")),
]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_text_is_stored_with_its_words_first_and_read_as_the_same(text: Text) -> None:
    again = unpacked(packed(text))
    assert packed(text).startswith(f"{text}{MARK}")
    assert again == text
    assert isinstance(again, Text)
    assert said_to(PSEUDO, again) == said_to(PSEUDO, text)


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_a_copy_of_a_text_is_the_text(text: Text) -> None:
    for copied in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert (copied, said_to(PSEUDO, copied)) == (text, said_to(PSEUDO, text))


def test_a_text_in_a_text_is_said_to_whoever_reads_the_outer_one() -> None:
    inner = say("It failed: {why}", why=say("no answer"))
    with reading(PSEUDO):
        assert str(inner) == "It failed: no answer"
        assert "ñó áñswér" in say("{what}.", what=inner)


def test_a_time_is_said_in_the_readers_zone() -> None:
    said = say("since {time}", time=moment(AT, SAO_PAULO))
    assert said == "since Sat 28 Nov 14:00 (America/Sao_Paulo)"
    assert said_to(Reader(zone=ZoneInfo("Europe/Lisbon")), said) == "since Sat 28 Nov 17:00 (Europe/Lisbon)"


@pytest.mark.parametrize("old", ["", "of a row before there were forms", 'a "quoted" {brace}'])
def test_a_string_without_a_form_stays_as_it_is(old: str) -> None:
    assert unpacked(old) == old
    assert not isinstance(unpacked(old), Text)


@pytest.mark.parametrize(
    "form", ["", "{", "[]", "{}", '{"say":"{a}","with":{"b":1}}', '{"seconds":"x"}', '{"at":"x","zone":"y"}']
)
def test_a_form_that_nobody_can_read_leaves_the_words_and_the_stored_string(form: str) -> None:
    stored = f"the words{MARK}{form}"
    assert unpacked(stored) == "the words"
    assert packed_all(unpacked_all({"a": [stored]})) == {"a": [stored]}


def test_what_is_masked_in_the_words_is_masked_in_the_form() -> None:
    stored = masked_text(say("{who} used {key}", who="ana", key="s3cret"), lambda text: text.replace("s3cret", "‹key›"))
    assert unpacked(stored) == "ana used ‹key›"
    assert "s3cret" not in stored


def test_a_secret_that_only_the_whole_sentence_shows_leaves_no_form() -> None:
    stored = masked_text(
        say("password={value}", value="abc"), lambda text: text.replace("password=abc", "password=***")
    )
    assert stored == "password=***"


@pytest.mark.parametrize(
    "text",
    [listing([Path("a"), "s3cret", Path("s3cret")], most=1), say("It failed.", why=ValueError("s3cret"))],  # type: ignore[list-item]
    ids=str,
)
def test_what_the_words_do_not_show_is_masked_in_the_form(text: Text) -> None:
    stored = masked_text(text, lambda each: each.replace("s3cret", "‹key›"))
    assert unpacked(stored) == text
    assert "‹key›" in stored
    assert "s3cret" not in stored


def test_a_value_whose_words_have_another_format_leaves_no_form() -> None:
    assert masked_text(say("at {at:%H:%M}", at=AT), str) == "at 17:00"


def test_a_text_is_copied_whatever_it_holds() -> None:
    text = say("It failed: {why}", why=threading.Lock())
    assert copy.deepcopy([text]) == [text]


@given(st.text())
def test_nobody_writes_a_form_into_the_database(typed: str) -> None:
    assert MARK not in masked_text(f'{typed}{MARK}{{"say":"Approved"}}', str)


def test_the_made_up_language_keeps_what_no_translation_changes() -> None:
    said = pseudo("Ask {who} in <#C1> with `/deploy` :ok: at https://x.example/a now")
    assert all(kept in said for kept in ("{who}", "<#C1>", "`/deploy`", ":ok:", "https://x.example/a"))
    assert "Ask" in said.replace("Á", "A")
    assert "now" not in said


def test_every_sentence_that_the_program_says_is_in_its_source() -> None:
    unseen = [f"{said.path.relative_to(ROOT)}:{said.line}" for said in sentences() if not said.sentences]
    assert len(sentences()) > 1000
    assert unseen == [], "these sentences are put together where they are said: no catalogue can hold them"


def test_every_place_of_a_sentence_is_filled_where_it_is_said() -> None:
    empty = []
    for path in (path for part in SOURCES for path in (ROOT / part).rglob("*.py")):
        for call in (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Call)):
            if getattr(call.func, "id", "") in ("say", "plural") and None not in (filled := _filled(call)):
                texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
                places = {name for text in texts if isinstance(text, str) for name in _places(text)}
                empty += [f"{path.relative_to(ROOT)}:{call.lineno}: {name}" for name in places - filled]
    assert empty == [], "filled in afterwards they are no texts any more, and never they are a defect"


SHOWN = (
    "Refusal", "Unreachable", "Denied", "Missing", "Limited", "Rejected", "Broken", "Ambiguous", "Undeliverable",
    "Undelivered", "Later", "Lost", "Failed", "Done", "Undecided", "PageOutcome", "Judgement", "Reconciled",
    "ProbeResult", "Fault", "Delivered", "Gate", "Ahead", "VendorStatus", "_unknown",
)  # fmt: skip
"""What is made of words for people."""


def test_what_people_are_shown_is_said() -> None:
    made = [(call, place) for name in SHOWN for call, place in whole_program().calls[name]]
    assert len(made) > 200
    unsaid = [f"{place.path.relative_to(ROOT)}:{each.lineno}" for call, place in made for each in _unsaid(call)]
    assert unsaid == [], "these words pass by say(…): they stay English for every reader"


def _unsaid(call: ast.Call) -> list[ast.expr]:
    """Arguments that are words, or put together from them."""
    given = [*call.args, *(each.value for each in call.keywords)]
    given += [value for each in given if isinstance(each, ast.Dict) for value in each.values]
    return [each for each in given if re.search(r"[A-Za-z]{2,} [a-z]{2,}", _literal(each))]


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "x" for each in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_no_sentence_is_a_fragment() -> None:
    said = {text for each in sentences() for found in each.sentences for text in found}
    assert [text for text in said if text.strip(" ,;") != text] == []


def test_the_numbers_of_a_count_have_the_same_places() -> None:
    counts = {found for each in sentences() for found in each.sentences if len(found) > 1}
    assert [each for each in counts if len({frozenset(_places(text)) - {"count"} for text in each}) > 1] == []


def test_the_catalogue_of_the_program_is_extracted(tmp_path: Path) -> None:
    catalogue = tmp_path / "neonops.pot"
    argv = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "-F", "bot/text/babel.cfg"]
    subprocess.run([*argv, "-o", str(catalogue), "bot", "handlers", "storage"], cwd=ROOT, check=True)
    with catalogue.open("rb") as file:
        found = read_po(file)
    assert len(found) > 1000
    assert found.get("Address of the API", "runbook text")
    assert "Approve and start" in found
    assert "{first} and {last}" in found


def test_a_runbook_is_read_in_the_language_of_the_catalogue(tmp_path: Path) -> None:
    place = tmp_path / "pt_BR" / "LC_MESSAGES"
    place.mkdir(parents=True)
    catalogue = Catalog("pt_BR")
    catalogue.add("Tell users", "Avise os usuários", context="runbook text")
    with (place / "neonops.mo").open("wb") as file:
        write_mo(file, catalogue)
    assert translated_as("runbook text", "Tell users", "pt-BR", tmp_path) == "Avise os usuários"
    assert translated_as("runbook title", "Tell users", "pt-BR", tmp_path) is None


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Read it"), ("pt-BR", "Leia"), ("pt", "Leia"), ("de", "Read it"), ("en-XA", "Read it")],
)
def test_without_a_catalogue_a_runbook_has_its_own_portuguese(locale: str, words: str) -> None:
    assert said_to(Reader(locale), Text(Written("text", "Read it", "Leia"))) == words


def _filled(call: ast.Call) -> set[str | None]:
    """The names that a call gives values to; None among them when it hands on a dict."""
    return {each.arg for each in call.keywords} | ({"count"} if getattr(call.func, "id", "") == "plural" else set())


def _places(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]
