"""Options are whole words at the start or the end, however their dashes are written; a sentence keeps its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from handlers.slack.parsing.text import flag_in, take_flag

DASHES = ("--", "—", "–", "––", "——", "−−", "‒", "―", "‐‐", "‑‑", "－－", "﹣﹣", "﹘", "-–", "–-", "---", "⸺", "⸻")
SPACES = (
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u202f",
    "\u3000",
    "\u2009",
    "\u2028",
    " \u200b",
    "\u200b ",
    "\ufeff ",
)
CAPITALS = ("drill", "Drill", "DRILL", "dRiLL", "ｄｒｉｌｌ", "dr\u00adill", "drill\u200b", "\u2060drill")
TITLE = "Checkout is down"


@pytest.mark.parametrize("dashes", DASHES)
@pytest.mark.parametrize("word", CAPITALS)
def test_an_option_is_known_however_a_keyboard_writes_it(dashes: str, word: str) -> None:
    assert flag_in(dashes + word) == "--drill"


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("flag", ["--drill", "—drill", "––Drill", "–drill"])
def test_it_stands_at_the_start_or_the_end_whatever_space_is_around_it(space: str, flag: str) -> None:
    for text in (f"{flag}{space}{TITLE}", f"{TITLE}{space}{flag}", f"{space}{flag}{space}{TITLE}{space}{flag}{space}"):
        taken, left = take_flag(text, "--drill")
        assert (taken, left.strip("\u200b\ufeff ")) == (True, TITLE)


SENTENCES = (
    "Nightly job fails since the --drill option was dropped",
    "Nightly job fails since the —drill option was dropped",
    "The --drill flag is broken for everybody",
    "We --drill into it",
    "Nobody may use “--drill”",
    '"--drill"',
    "`--drill` is documented wrongly",
    "(--drill) is ignored",
    "drill is down",
    "The drill",
    "anti-drill service is down",
    "--drill-down is slow",
    "Report fails at --drill.",
    "Report fails at --drill: nothing",
    "pre--drill checks fail",
    "— drill",
    "Deploy fails with --frozen-lockfile",
    "--force was used",
    "—",
    "--",
    "-",
    "",
    "p1 -- drill",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_keeps_its_words(sentence: str) -> None:
    assert take_flag(sentence, "--drill") == (False, sentence)


@pytest.mark.parametrize("word", ["-drill", "‑drill", "--dril", "--drilll", "—dirll", "--drills", "--drill-", "-Drill"])
def test_what_is_nearly_the_option_is_asked_about(word: str) -> None:
    for text in (f"{word} {TITLE}", f"{TITLE} {word}", f" {TITLE}\n{word}\n"):
        with pytest.raises(Refusal, match="Did you mean `--drill`"):
            take_flag(text, "--drill")


@pytest.mark.parametrize("flag", ["--dry-run", "—dry-run", "––dry–run", "--Dry-Run", "--dry‑run", "—dry—run"])
def test_dashes_within_an_option_may_be_others_too(flag: str) -> None:
    assert flag_in(flag) == "--dry-run"


words = st.text(st.characters(exclude_categories=("Cs", "Cf", "Pd", "Zs", "Cc", "Zl", "Zp")), min_size=1, max_size=9)


@given(st.lists(words, min_size=2, max_size=8), st.data())
def test_no_option_is_taken_out_of_the_middle(parts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(parts) - 1))
    text = " ".join([*parts[:at], "--drill", *parts[at:]])
    assert take_flag(text, "--drill") == (False, text)


@given(st.lists(words, max_size=8), st.sampled_from(DASHES), st.booleans())
def test_what_is_left_is_what_was_typed_without_it(parts: list[str], dashes: str, front: bool) -> None:
    text = " ".join(parts)
    typed = f"{dashes}drill {text}" if front else f"{text} {dashes}drill"
    assert take_flag(typed, "--drill") == (True, text)
