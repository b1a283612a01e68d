"""Which names git allows for branches and tags: https://git-scm.com/docs/git-check-ref-format.

A few characters that git allows and shells act on are refused beside those: a name is handed to what a runbook runs.
"""

import re
import unicodedata

from bot.errors import Refusal
from bot.text import say, shorten
from bot.text.legible import legible

LONGEST = 200
_RULES = (
    (re.compile(r"\s"), "it has a space in it"),
    (re.compile(r"[\x00-\x1f\x7f]"), "it has a control character in it"),
    (re.compile(r"[~^:?*\[\\]"), "git allows none of ~ ^ : ? * [ \\ in it"),
    (re.compile(r"[;$`<>|{}]"), "NeonOps takes none of ; $ ` < > | { } in it, which shells act on"),
    (re.compile(r"\.\."), "it has two dots in a row"),
    (re.compile(r"^@$"), "git keeps @ alone for itself"),
    (re.compile(r"//|^/|/$"), "a / stands at its start or end, or twice in a row"),
    (re.compile(r"(^|/)\."), "a part of it begins with a dot"),
    (re.compile(r"\.lock(/|$)"), "a part of it ends in .lock"),
    (re.compile(r"\.$"), "it ends in a dot"),
    (re.compile(r"^-"), "it begins with a dash"),
)
"""What is not allowed, and how that is said."""


def check_name(ref: str) -> str:
    """The name of a branch or tag (or a commit), which may be sent to git; a Refusal says what is wrong with it."""
    why = _fault(ref)
    if why:
        raise Refusal(
            say("{ref} is not a branch, tag or commit: {why}. Write one such as main or 4f2c9d1.",
                ref=shorten(ref, 60) or say("(nothing)"), why=why)
        )  # fmt: skip
    return ref


def _fault(ref: str) -> str | None:
    if not ref:
        return say("nothing is written")
    if len(ref) > LONGEST:
        return say("it is longer than {count} characters", count=LONGEST)
    if legible(ref) != ref or any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in ref):
        # A card would show another branch than the one that is built.
        return say("it holds a character that cannot be seen")
    return next((say(why) for rule, why in _RULES if rule.search(ref)), None)
