"""What people type after `/deploy` and `/rollback`, as typed values."""

import re
from dataclasses import dataclass

from bot.deploys.commits.refs import check_name
from bot.errors import Refusal
from bot.text import say
from handlers.slack.parsing.text import bare, first_word, flag_in, shown, take_flag, tokens, unquoted, whole_number

DATABASE = "database"
_FLAGS = ("--dry-run", "--fix")
_ID = re.compile(r"dpl_[A-Za-z0-9]{1,60}")
_ADDRESS = re.compile(r"(?:https?://)?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?::\d{1,5})?(?:/\S*)?")


@dataclass(frozen=True)
class Wanted:
    """What a deploy is asked for with."""

    target: str
    ref: str = "main"
    dry_run: bool = False
    fixes: int | None = None


def read_deploy(text: str) -> Wanted:
    """`api [ref] [--dry-run] [--fix 7]`; a Refusal for words that are too many, or no branch, tag or commit."""
    words, dry_run, fixes = _options(tokens(text))
    if not words and fixes is not None:
        raise _which_incident()
    words = words or ["all"]
    if len(words) > 2:
        first = bare(words[0])
        raise Refusal(say("Too many words: /deploy {target} and one branch, tag or commit.", target=shown(first)))
    ref = check_name(unquoted(words[1])) if len(words) == 2 else "main"
    return Wanted(bare(words[0]), ref, dry_run, fixes)


def _options(words: list[str]) -> tuple[list[str], bool, int | None]:
    """The words that are no options, whether it is a dry run, and the incident that is fixed."""
    left, dry_run, fixes = [], False, None
    rest = iter(words)
    for word in rest:
        flag, _, value = (flag_in(word) or "").partition("=")
        if flag == "--fix":
            fixes = _incident(value or next(rest, ""), fixes)
        elif flag == "--dry-run" and not value:
            dry_run = True
        elif flag:
            raise Refusal(
                say("`{word}` is no option of /deploy: there are --dry-run and --fix. Nothing was done.",
                    word=shown(word))
            )  # fmt: skip
        else:
            left.append(word)
    return left, dry_run, fixes


def _incident(word: str, known: int | None) -> int:
    number = whole_number(word)
    if number is None or known is not None:
        raise _which_incident()
    return number


def _which_incident() -> Refusal:
    return Refusal(say("Say which incident it fixes: /deploy all main --fix 7."))


def read_rollback(text: str) -> tuple[str, str | None]:
    """`api [deployment]` or `database`; a Refusal for words that are too many or no deployment."""
    words = tokens(text)
    target = bare(words[0]) if words else "all"
    if target == DATABASE and len(words) > 1:
        raise Refusal(say("/rollback database takes nothing more: its card asks which backup, and where to."))
    if len(words) > 2:
        raise Refusal(say("Too many words: /rollback {target} and one deployment.", target=shown(target)))
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
                "An emergency goes back to what is recommended, for one service or all: `{word}` would not be heeded. "
                "Leave it out, or choose on the card of /rollback.",
                word=shown(word),
            )
        )
