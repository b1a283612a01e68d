"""What people type after `/deploy`, as typed values."""

from dataclasses import dataclass

from bot.deploys.commits.refs import check_name
from bot.errors import Refusal
from bot.text import say
from handlers.slack.parsing.text import bare, flag_in, shown, tokens, unquoted, whole_number

_FLAGS = ("--dry-run", "--fix")


@dataclass(frozen=True)
class Wanted:
    """What a deploy is asked for with."""

    target: str
    ref: str = "main"
    dry_run: bool = False
    fixes: int | None = None


def target_in(text: str) -> str:
    """The word that names what to deploy, whatever follows it."""
    words, *_ = _options(tokens(text))
    return bare(words[0]) if words else "all"


def read_deploy(text: str) -> Wanted:
    """`api [ref] [--dry-run] [--fix 7]`; a Refusal for words that are too many, or no branch, tag or commit."""
    words, dry_run, fixes = _options(tokens(text))
    if not words and fixes is not None:
        raise _which_incident()
    words = words or ["all"]
    if len(words) > 2:
        first = bare(words[0])
        raise Refusal(say("Too many arguments: /deploy {target} and one branch, tag or commit.", target=shown(first)))
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
                say("`{word}` is not an option of /deploy. There are --dry-run and --fix. Nothing was done.",
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
    return Refusal(say("Write which incident it fixes: /deploy all main --fix 7."))
