"""Entries that lack their kind, or misspell it: that is one mistake, not one for each field of that kind."""

import difflib
from typing import Any

from pydantic import BaseModel

from bot.runbook.parsing.fields import kinds_at
from bot.runbook.problems import Finding, Path, quoted
from bot.text import choice, say


def unknown(name: str) -> str:
    """What is said of a field that an entry does not have."""
    return say("{name} is not a field here", name=quoted(name))


def is_unknown(finding: Finding) -> bool:
    """Whether it is about such a field."""
    return finding.value is not None and finding.reason.startswith(unknown(finding.value))


def by_kind(found: list[Finding], model: type[BaseModel], data: Any) -> list[Finding]:
    """The findings, with one in place of all that follow from a kind that is not there."""
    for entry in dict.fromkeys(each.path[:-1] for each in found if is_unknown(each)):
        here = [each for each in found if each.path[:-1] == entry]
        if cause := _cause([each for each in here if is_unknown(each)], entry, model, data):
            found = [cause if each is here[0] else each for each in found if each is here[0] or each not in here]
    return found


def _cause(fields: list[Finding], entry: Path, model: type[BaseModel], data: Any) -> Finding | None:
    kinds = kinds_at(model, entry, data)
    written = data
    for key in entry:
        written = written[key]
    if not kinds or "kind" in written:
        return None
    if misspelt := next((each for each in fields if difflib.get_close_matches(str(each.value), ["kind"])), None):
        return misspelt
    names = {str(each.value) for each in fields}
    owners = [kind for kind, known in kinds.items() if names <= set(known)]
    if not owners:
        return None
    sentence = "the field kind is missing: {name} is one of kind {kinds}"
    reason = say(sentence, name=quoted(str(fields[0].value)), kinds=choice(list(map(repr, owners))))
    return Finding(fields[0].path, reason)
