"""What people type after `/incident`, where its words stand elsewhere than in its help."""

import re

from bot.errors import Refusal
from bot.text import say
from handlers.slack.parsing.severities import severity_named
from handlers.slack.parsing.text import first_word, flag_in, shown, whole_number

DRILL = "--drill"
ALONE = ("list", "status", "ack", "hand-back", "timeline", "close", "reopen")
"""Forms after which nothing more is typed."""
_OTHERS = ("dry-run", "dryrun", "practice", "practise", "test", "exercise", "training", "help")
"""Options that people type for practice, or for help, where a title would stand."""


def first_words(text: str) -> tuple[str, str]:
    """The first word, and the rest; `--drill p1 …` is `p1 --drill …`."""
    word, rest = first_word(text)
    if flag_in(word) == DRILL and rest:
        word, rest = first_word(rest)
        rest = f"{DRILL} {rest}"
    return word, rest


def glued_severity(word: str, severities: list[str]) -> str | None:
    """The severity that a word begins with, such as `p1:checkout`."""
    parts = re.split(r"[^\w-]", word, maxsplit=1)
    return severity_named(parts[0], severities) or severity_named(word.split("-")[0], severities)


def meant_number(word: str, rest: str, number: int | None) -> int | None:
    """The incident that is meant: `close 7` is `7 close`. Raises a Refusal when more is typed than a form takes."""
    meant = whole_number(rest) if rest else None
    if not rest or word == "list" or word not in (*ALONE, "resolve") or (word == "resolve" and meant is None):
        return number
    if meant is not None and number is None and word != "resolve":
        return meant
    raise Refusal(
        say(
            "Nothing was done. `/incident {id} {word}` is about incident {id}; `{word}` is followed by {behind}.",
            word=word,
            id=number or meant or 7,
            behind=say("a summary") if word == "resolve" else say("nothing more"),
        )
    )


def check_options(title: str) -> None:
    """Raise a Refusal when a title begins or ends with an option that asks for practice, or help, by another word."""
    words = title.split()
    for word in (*words[:1], *words[-1:]):
        if (flag_in(word) or "").removeprefix("--") in _OTHERS:
            raise Refusal(
                say(
                    "`{word}` is not an option of /incident. There is `--drill`, to practise. Nothing was done.",
                    word=shown(word),
                )
            )
