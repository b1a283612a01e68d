"""Reading what people type after a command, whatever keyboards, phones and Slack make of it."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable

from bot.errors import Refusal
from bot.text import say

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|>]*)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|([^>]+)>")
_GROUP = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|@?([^>]+)|(here|channel|everyone)(?:\|[^>]*)?)>")
_TOKEN = re.compile(r"\s*(\S+)\s*(.*)", re.DOTALL)
_SHORT = "-\u2010\u2011\ufe63\uff0d"
"""Hyphens: one of them alone begins no option."""
_DASHES = _SHORT + "\u2012\u2013\u2014\u2015\u2212\ufe58\u2e3a\u2e3b"
"""And what keyboards make of two hyphens: dashes and the minus."""
_FLAG = re.compile(rf"([{re.escape(_DASHES)}]+)([^\s{re.escape(_DASHES)}]\S*)")
_FIRST = re.compile(r"\s*(\S+)(.*)", re.DOTALL)
_LAST = re.compile(r"(.*?)(\S+)\s*", re.DOTALL)
NEAR = 0.75
"""How alike a word has to be to an option to be asked about."""
_QUOTES = ('""', "''", "“”", "””", "‘’", "’’", "«»", "»«", "„“", "„”", "‹›", "「」")


def as_typed(text: str) -> str:
    """What a person typed: Slack hands `&`, `<` and `>` on escaped, and puts channels, groups and links in brackets.

    Mentions of people stay: https://docs.slack.dev/interactivity/implementing-slash-commands (should_escape).
    """
    text = _GROUP.sub(lambda found: f"@{found[1] or found[2]}", _CHANNEL.sub(r"#\1", text))
    text = _LINK.sub(lambda found: _link(found[1], found[2]), text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _link(url: str, label: str | None) -> str:
    """The address, as short as it was typed (`example.com`); words that somebody laid over it stand before it."""
    if not label or label == url:
        return url
    return label if url.rstrip("/").endswith(label.rstrip("/")) else f"{label} ({url})"


def plain(text: str, name_of: Callable[[str], str | None]) -> str:
    """The text with `@name` in place of mentions: as it was typed, else as we know them."""

    def named(found: re.Match[str]) -> str:
        name = found[2] or name_of(found[1])
        return f"@{name}" if name else found[0]

    return _MENTION.sub(named, text)


def without_mentions(text: str) -> str:
    """The text without mentions of people."""
    return _MENTION.sub(" ", text)


def bare(word: str) -> str:
    """A word as it is compared: without what cannot be seen, in one width and case."""
    return unicodedata.normalize("NFC", _narrow(visible(word)).casefold())


def unaccented(word: str) -> str:
    """The word in the letters of an English keyboard."""
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))


def hyphened(word: str) -> str:
    """The word with a hyphen for every dash that a keyboard makes of one."""
    return re.sub(f"[{re.escape(_DASHES)}]", "-", word)


def _narrow(text: str) -> str:
    """The text with the wide letters and digits of Asian keyboards (`ｐ１`) as others type them."""
    wide = (unicodedata.east_asian_width(each) == "F" for each in text)
    return "".join(unicodedata.normalize("NFKC", each) if is_wide else each
                   for each, is_wide in zip(text, wide, strict=True))  # fmt: skip


def tidy(text: str) -> str:
    """What fits into one field: one width, one kind of dash, one space between words, nothing that cannot be seen."""
    return hyphened(" ".join(_narrow(visible(text)).split()))


def visible(text: str) -> str:
    """The text without characters that have no width (such as U+200B)."""
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


def tokens(text: str) -> list[str]:
    """The words of a command that holds no sentence, without what cannot be seen."""
    return [word for word in map(visible, text.split()) if word]


def first_word(text: str) -> tuple[str, str]:
    """The first word, as it is compared, and the rest as it was typed."""
    while found := _TOKEN.fullmatch(text):
        word, text = bare(found[1]), found[2]
        if word:
            return word, text.rstrip()
    return "", ""


def take_number(text: str) -> tuple[int | None, str]:
    """A leading number (`7` or `#7`), and the rest."""
    first, rest = first_word(text)
    number = whole_number(first)
    return (number, rest) if number is not None else (None, text.strip())


def whole_number(word: str) -> int | None:
    """`7` or `#7` as a number that an incident or a run can have; None for all else."""
    digits = bare(word).removeprefix("#")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def flag_in(word: str) -> str | None:
    """The option that a word is (`--dry-run`), however its dashes are written; None when it is none."""
    found = _FLAG.fullmatch(visible(word))
    if found is None or (len(found[1]) == 1 and found[1] in _SHORT):
        return None
    return f"--{bare(hyphened(found[2]))}"


def take_flag(text: str, flag: str) -> tuple[bool, str]:
    """Whether the option stands at the start or the end, and the text without it.

    Raises:
        Refusal: a word there is nearly the option; nothing is guessed.
    """
    taken = False
    while (found := _FIRST.fullmatch(text)) and (flag_in(found[1]) == flag or not visible(found[1])):
        taken, text = taken or bool(visible(found[1])), found[2]
    _check_near(found[1] if found else "", flag)
    while (found := _LAST.fullmatch(text)) and (flag_in(found[2]) == flag or not visible(found[2])):
        taken, text = taken or bool(visible(found[2])), found[1]
    _check_near(found[2] if found else "", flag)
    return taken, text.strip()


def _check_near(word: str, flag: str) -> None:
    if word[-1:] in ".,;:!?)":
        return
    name = bare(word).lstrip(_DASHES)
    alike = difflib.SequenceMatcher(None, name, flag.lstrip("-")).ratio()
    if name != bare(word) and flag_in(word) != flag and alike >= NEAR:
        raise Refusal(
            say("Did you mean `{flag}` instead of `{word}`? Nothing was done.",
                word=shown(word), flag=flag)
        )  # fmt: skip


def unquoted(text: str) -> str:
    """The text without the quotes around all of it."""
    text = text.strip()
    pair = text[:1] + text[-1:]
    return text[1:-1].strip() if len(text) > 1 and pair in _QUOTES else text


def user_in(text: str) -> str | None:
    """The user that the text mentions."""
    found = _MENTION.search(text)
    return found[1] if found else None


def unknown(command: str, word: str, known: Iterable[str]) -> Refusal:
    """What to say to a word that nobody knows: the nearest that somebody does."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    guess = " " + say("Did you mean `{command} {word}`?", command=command, word=near[0]) if near else ""
    return Refusal(
        say("{command} does not know `{word}`.", word=shown(word), command=command)
        + guess
        + " "
        + say("`{command} help` lists its commands.", command=command)
    )


def shown(word: str) -> str:
    """A word as a sentence quotes it."""
    return word[:40].replace("`", "'")
