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
    (re.compile(r"\s"), "it contains a space"),
    (re.compile(r"[\x00-\x1f\x7f]"), "it contains a control character"),
    (re.compile(r"[~^:?*\[\\]"), "git allows none of ~ ^ : ? * [ \\ in it"),
    (re.compile(r"[;$`<>|{}]"), "NeonOps allows none of ; $ ` < > | { } in it, which shells interpret"),
    (re.compile(r"\.\."), "it has two dots in a row"),
    (re.compile(r"^@$"), "git reserves @ on its own"),
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
        return say("it is empty")
    if len(ref) > LONGEST:
        return say("it is longer than {count} characters", count=LONGEST)
    if legible(ref) != ref or any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in ref):
        # A card would show another branch than the one that is built.
        return say("it contains an invisible character")
    return next((say(why) for rule, why in _RULES if rule.search(ref)), None)
