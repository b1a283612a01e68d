"""What people type after `/rollback`, as typed values."""

import re

from bot.errors import Refusal
from bot.text import say
from handlers.slack.parsing.text import bare, first_word, shown, take_flag, tokens

DATABASE = "database"
_ID = re.compile(r"dpl_[A-Za-z0-9]{1,60}")
_ADDRESS = re.compile(r"(?:https?://)?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?::\d{1,5})?(?:/\S*)?")


def read_rollback(text: str) -> tuple[str, str | None]:
    """`api [deployment]` or `database`; a Refusal for words that are too many or no deployment."""
    words = tokens(text)
    target = bare(words[0]) if words else "all"
    if target == DATABASE and len(words) > 1:
        raise Refusal(say("/rollback database takes no arguments: its card asks which backup and where to."))
    if len(words) > 2:
        raise Refusal(say("Too many arguments: /rollback {target} and one deployment.", target=shown(target)))
    return target, words[1] if len(words) == 2 else None


def read_emergency(text: str) -> tuple[bool, str]:
    """Whether `--emergency` stands at the start, behind the target or at the end, and the text without it."""
    first, text = take_flag(text, "--emergency")
    target, rest = first_word(text)
    second, rest = take_flag(rest, "--emergency")
    return first or second, f"{target} {rest}".strip()


def check_deployment(word: str | None) -> None:
    """Raise a Refusal, before there is a card, unless it is a deployment's id or address, or nothing."""
    if word is not None and not _ID.fullmatch(word) and not _ADDRESS.fullmatch(word):
        raise Refusal(
            say(
                "{word} is not a deployment. Write its id (dpl_…) or its address, such as shop-1a2b.vercel.app.",
                word=shown(word),
            )
        )


def check_reason(reason: str, services: list[str]) -> None:
    """Raise a Refusal when the reason of an emergency begins with where to go back to, which would not be heeded."""
    word, more = first_word(reason)
    if word.startswith("dpl_") or ".vercel.app" in word or (word in [*services, "all"] and not more):
        raise Refusal(
            say(
                "An emergency rollback goes to the recommended deployment, for one service or all: `{word}` would "
                "be ignored. Leave it out, or choose on the card of /rollback.",
                word=shown(word),
            )
        )
