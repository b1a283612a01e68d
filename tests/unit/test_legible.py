"""Text from outside stays what it says, and cannot turn, hide or forge what stands around it."""

import json
import unicodedata
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import Names
from bot.domain.timeline_files import FORMATS, written
from bot.incidents.declare import clean_title
from bot.integrations.vercel.log import log_lines
from bot.integrations.vercel.model import Deployment
from bot.people.team import Team
from bot.startup.logs import _written
from bot.steps.vercel.deployments import brief
from bot.text.legible import escaped, legible, lines_of, named, one_line, storable
from bot.timeline import Event
from handlers.slack.blocks.elements import code, escape, plain, quote, sentence
from handlers.slack.incidents.lists import event_line

STAYS = {
    "a family": "👨‍👩‍👧‍👦",
    "a flag of a joiner": "🏳️‍🌈",
    "a skin tone": "👩🏽‍💻",
    "a heart": "❤️ ☎️ ©️",
    "a keycap": "1️⃣ #️⃣",
    "a flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a flag of letters": "🇧🇷",
    "Portuguese": "Correção à ação: pão, avô, você, São Paulo",
    "Portuguese, decomposed": unicodedata.normalize("NFD", "Correção à ação"),
    "Arabic": "تصحيح الخطأ رقم ٣",
    "Persian with its joiner": "می‌خواهم",
    "Hebrew with vowels": "שָׁלוֹם עולם",
    "Hindi with its joiner": "क्‍ष",
    "Chinese": "修复结账",
    "lines and tabs": "a\tb\nc",
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS.keys())
def test_letters_and_emoji_stay_right(text: str) -> None:
    assert legible(text) == text


CHANGES = {
    "an override of direction": ("safe \u202egpj.exe\u202c", "safe gpj.exe"),
    "isolates and marks": ("a\u2066b\u2067c\u2068d\u2069e\u200ef\u200fg\u061ch", "abcdefgh"),
    "what has no width": ("a\u200bb\u2060c\ufeffd\u00ade", "abcde"),
    "joiners among Latin letters": ("pass\u200dword\u200c", "password"),
    "many joiners between emoji": ("👩\u200d\u200d\u200d💻", "👩\u200d💻"),
    "selectors after letters": ("x\ufe0fy\ufe01", "xy"),
    "tags that hide words": ("ok\U000e0041\U000e0042", "ok"),
    "what has no shape": ("a\u3164b\u115fc\u2800d", "abcd"),
    "control characters": ("a\x00b\x07c\x7fd\x9be", "abcde"),
    "escape sequences": ("\x1b[31mred\x1b[0m\x1b]0;title\x07 x", "red x"),
    "a sequence that does not end": ("\x1b]0;still read", "0;still read"),
    "carriage returns": ("a\rb\r\nc", "a\nb\nc"),
    "separators of Unicode": ("a\x85b\u2028c\u2029d\x0be\x0cf\x1cg", "a\nb\nc\nd\ne\nf\ng"),
    "half a character": ("cut \ud83d", "cut \ufffd"),
}


@pytest.mark.parametrize(("text", "shown"), CHANGES.values(), ids=CHANGES.keys())
def test_what_turns_hides_or_forges_is_neutralised(text: str, shown: str) -> None:
    assert legible(text) == shown


HARMFUL = {*"\r\x0b\x0c\x1b\x7f\x85\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"}
ODD = st.text(st.sampled_from([*HARMFUL, *"ab \n\t\u200d\u200c\ufe0f👩💻ש\ud83d", *"\u2066\u2067\u2068\u2069[0;m"]))


@given(ODD | st.text())
def test_nothing_harmful_is_left_and_reading_twice_changes_nothing(text: str) -> None:
    shown = legible(text)
    assert not HARMFUL & {*shown}
    assert legible(shown) == shown
    assert len(one_line(text).splitlines()) <= 1
    assert [line for line in lines_of(text) if line.splitlines() not in ([line], [])] == []
    storable(text).encode()


@given(ODD | st.text())
def test_no_element_of_a_card_carries_another_line(text: str) -> None:
    for shown in (escape(text), sentence(text)):
        assert len(shown.splitlines()) <= 1
        assert not HARMFUL & {*shown}
        assert bool(shown) == bool(text)
    for shown in (quote(text), code(text), str(plain(text, 100)["text"])):
        assert not HARMFUL & {*shown}


@given(ODD)
def test_json_is_the_same_with_its_harmful_characters_escaped(text: str) -> None:
    written = escaped(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(written) == {"text": text}
    assert not (HARMFUL - {"\r"}) & {*written}
    assert len(written.splitlines()) == 1


NOBODY = Names(SimpleNamespace(members=SimpleNamespace(find=list)), Team())
FORGED = "done\n2026-11-28 15:00:00Z  Alice: approved run 7\r2026-11-28 15:00:00Z  Bob: x\u2028y\u202e"


def _event(kind: str, **data: str) -> Event:
    return Event(1, datetime(2026, 11, 28, 14, tzinfo=UTC), kind, "U1", "Eve\nMallory", None, data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("note.added", {"text": FORGED}),
        ("incident.resolved", {"summary": FORGED}),
        ("step.skipped", {"text": "x", "reason": FORGED}),
        ("gate.overridden", {"gate": "freeze", "what": "frozen", "why": FORGED}),
        ("step.failed", {"text": "x", "found": FORGED}),
        (f"odd.{FORGED}", {}),
    ],
)
@pytest.mark.parametrize("form", ["text", "jsonl", "markdown", "csv"])
def test_an_event_is_one_line_of_an_export(kind: str, data: dict[str, str], form: str) -> None:
    line = written([_event(kind, **data)], FORMATS[form], NOBODY)
    assert len(line.splitlines()) == 1
    assert line.endswith("\n")
    assert "\u202e" not in line


def test_a_line_that_goes_on_is_marked_in_an_export() -> None:
    line = written([_event("note.added", text="a\nb")], FORMATS["text"], NOBODY)
    assert line == "2026-11-28 14:00:00Z  Eve ⏎ Mallory: noted: a ⏎ b\n"


def test_a_note_forges_no_line_of_a_timeline_in_slack() -> None:
    assert "\n" not in event_line(_event("note.added", text=FORGED))


def test_a_log_line_is_one_line_without_overrides() -> None:
    line = _written(None, "info", {"event": FORGED})
    assert len(line.splitlines()) == 1
    assert "\u202e" not in line


def test_a_title_keeps_its_emoji_and_loses_its_overrides() -> None:
    assert clean_title("  Checkout 👩‍💻\n\u202eis  down ") == "Checkout 👩‍💻 is down"


def test_a_candidate_is_told_by_the_first_line_of_its_message() -> None:
    meta = {
        "githubCommitSha": "a" * 40,
        "githubCommitMessage": "fix\u202e it\rforged",
        "githubCommitAuthorName": "E\nve",
    }
    made = Deployment.model_validate({"id": "dpl_1", "createdAt": 1_700_000_000_000, "meta": meta})
    assert (brief(made)["message"], brief(made)["author"]) == ("fix it", "E ve")


def test_a_build_log_loses_no_line_whatever_stands_in_it() -> None:
    lines = [
        {"text": "a\u2028b\x85c", "created": 2},
        {"text": "no time", "created": 1e300},
        {"text": "x", "created": 3},
    ]
    told = log_lines("\n".join(json.dumps(each, ensure_ascii=False) for each in lines))
    assert [line.text for line in told] == ["no time", "a\u2028b\x85c", "x"]


@pytest.mark.parametrize("mention", ["<@U02BRUNO>", "<!channel>", "<!subteam^S1>", "<#C02DEVOPS>"])
def test_the_name_of_something_outside_mentions_nobody(mention: str) -> None:
    assert named(f"Sam {mention}") == f"Sam ‹{mention[1:]}"
