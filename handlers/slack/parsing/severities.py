"""How people call severities: by the ids of their runbook, else by what those are usually called."""

import re
from collections.abc import Iterable

from handlers.slack.parsing.text import bare, hyphened

_LEVEL = re.compile(r"(?:p|s|sev|severity|prio|priority)(\d)")


def severity_named(word: str, known: Iterable[str]) -> str | None:
    """The id that a word means; an id itself always means itself, whatever else it could be short for."""
    ids, word = list(known), hyphened(bare(word))
    for form in (word, word.rstrip(":;,.!?-")):
        if form in ids:
            return form
        alike = [each for each in ids if _joined(each) == _joined(form)]
        if len(alike) == 1:
            return alike[0]
        if found := _LEVEL.fullmatch(_joined(form)):
            return next((each for name in _names(found[1]) for each in ids if _joined(each) == name), None)
    return None


def _joined(word: str) -> str:
    return re.sub(r"[-_]", "", word)


def _names(level: str) -> tuple[str, ...]:
    return tuple(f"{name}{level}" for name in ("p", "sev", "s", "severity", "prio", "priority"))
