"""Reading what people type after a command."""

import difflib
import re
from collections.abc import Iterable
from datetime import timedelta

from bot.errors import Refusal
from bot.runbook.base import parse_duration
from bot.text import say

_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<((?:https?://|mailto:)[^|>]*)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|([^>]+)>")


def as_typed(text: str) -> str:
    """What a person typed: Slack hands `&`, `<` and `>` on escaped, and puts links in brackets. Mentions stay."""
    text = _CHANNEL.sub(r"#\1", _LINK.sub(r"\1", text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split(text: str) -> tuple[str, str]:
    """The first word, in lower case, and the rest as it was typed."""
    first, *rest = text.strip().split(maxsplit=1) or [""]
    return first.lower(), rest[0].strip() if rest else ""


def take_flag(text: str, flag: str) -> tuple[bool, str]:
    """Whether the flag is among the words, and the text without it. An em dash (`—drill`) counts: phones write it."""
    words = text.split(" ")
    spellings = {flag, flag.replace("--", "—"), flag.replace("--", "–")}
    left = [word for word in words if word.lower() not in spellings]
    return len(left) < len(words), " ".join(left).strip()


def take_number(text: str) -> tuple[int | None, str]:
    """A leading number (`7` or `#7`), and the rest."""
    first, rest = split(text)
    digits = first.removeprefix("#")
    return (int(digits), rest) if digits.isdecimal() and len(digits) < 10 else (None, text.strip())


def take_duration(text: str) -> tuple[timedelta | None, str]:
    """A leading duration (`2h`, `for 30m`), and the rest."""
    first, rest = split(text)
    if first == "for":
        first, rest = split(rest)
    try:
        return parse_duration(first), rest
    except ValueError:
        return None, text.strip()


def user_in(text: str) -> str | None:
    """The user that the text mentions."""
    found = _USER.search(text)
    return found[1] if found else None


def unknown(command: str, word: str, known: Iterable[str]) -> Refusal:
    """What to say to a word that nobody knows: the nearest that somebody does."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    guess = say(" Did you mean `{command} {word}`?", command=command, word=near[0]) if near else ""
    return Refusal(
        say("`{word}` is not something {command} knows.", word=word[:40].replace("`", "'"), command=command)
        + guess
        + say(" `{command} help` lists everything.", command=command)
    )
