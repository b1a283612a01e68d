"""pydantic's errors in the words of somebody who writes a file."""

import difflib
import re
from collections import Counter
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.runbook.parsing.fields import fields_at
from bot.runbook.parsing.kinds import by_kind, is_unknown, unknown
from bot.runbook.problems import Finding, Path, quoted
from bot.text import plural, say

_QUOTED = re.compile(r"'([^']*)'")
_WRONG_TYPES = {
    "string_type": "must be text: put it in quotes",
    "model_type": "must be fields with values",
    "model_attributes_type": "must be fields with values",
    "dict_type": "must be fields with values",
    "tuple_type": "must be a list",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}
_FIELD = re.compile(r"[a-z_]+")
_NAME = "must start with a capital letter and hold only capital letters, digits and _"
_SLUG = "must start with a lower-case letter and hold only lower-case letters, digits, - and _"


def explain(error: ValidationError, data: Any, model: type[BaseModel]) -> list[Finding]:
    """One finding for each cause; `data` is what was validated as a `model`."""
    found = []
    flat: set[Path] = set()
    for detail in error.errors(include_url=False):
        if _is_emptied(detail) or detail["loc"][:-1] in flat:
            continue
        if detail["type"] == "tuple_type" and isinstance(detail["loc"][-1], int):
            flat.add(detail["loc"][:-1])
        path = _path(detail, data)
        found.append(_finding(detail, path, fields_at(model, path[:-1], data)))
    misspelt = {(*each.path[:-1], near) for each in found if (near := _meant(each))}
    foreign = {each.path[:-1] for each in found if _is_foreign(each, data)}
    found = [each for each in found if each.reason != _missing() or not _follows(each.path, misspelt, foreign)]
    return _once(_paired(by_kind(found, model, data)))


def _once(found: list[Finding]) -> list[Finding]:
    """One for each place: a name that is wrong makes its value wrong too."""
    first: dict[Path | int, Finding] = {}
    for index, each in enumerate(found):
        first.setdefault(each.path or index, each)
    return list(first.values())


def _paired(found: list[Finding]) -> list[Finding]:
    """Without what is missing where as much is that nobody knows: that is what was meant."""
    unknown = Counter(each.path[:-1] for each in found if is_unknown(each))
    missing = Counter(each.path[:-1] for each in found if each.reason == _missing())
    return [each for each in found if each.reason != _missing() or missing[each.path[:-1]] > unknown[each.path[:-1]]]


def _is_emptied(detail: ErrorDetails) -> bool:
    """Whether a list is only too short because its entries are wrong, each of which is told."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail.get("ctx", {})["min_length"]


def _follows(missing: Path, misspelt: set[Path], foreign: set[Path]) -> bool:
    return missing in misspelt or missing[:-1] in foreign


def _is_foreign(finding: Finding, data: Any) -> bool:
    """Whether no field of the entry is known: it is something else, and lacks nothing."""
    for key in finding.path[:-1]:
        data = data[key]
    return bool(finding.allowed) and isinstance(data, dict) and not data.keys() & set(finding.allowed)


def _meant(finding: Finding) -> str | None:
    """The field that a field nobody knows was meant to be: it is not missing too."""
    near = difflib.get_close_matches(finding.value or "", finding.allowed, n=1)
    return near[0] if near else None


def _missing() -> str:
    return say("is missing")


def _path(detail: ErrorDetails, data: Any) -> Path:
    """The error's place in the data: pydantic's own marks (`[key]`, the names of kinds) are left out."""
    path: list[str | int] = []
    for position, key in enumerate(detail["loc"]):
        last = position == len(detail["loc"]) - 1
        if (isinstance(data, dict) and key in data) or (isinstance(data, list) and isinstance(key, int)):
            data = data[key]  # type: ignore[index]
            path.append(key)
        elif last and detail["type"] == "missing":
            path.append(key)
    return tuple(path)


def _finding(detail: ErrorDetails, path: Path, fields: tuple[str, ...]) -> Finding:
    name, value, context = str((detail["loc"] or ("",))[-1]), detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return Finding(path, _missing())
        case "extra_forbidden":
            hint = "" if _FIELD.fullmatch(name) else "; " + say("a text that holds a comma or a colon goes in quotes")
            return Finding(path, unknown(name) + hint, name, fields)
        case "union_tag_invalid":
            kind = str(context["tag"])
            kinds = tuple(_QUOTED.findall(str(context["expected_tags"])))
            thing = say("step") if "steps" in path else say("check")
            text = say("{kind} is not a kind of {thing}", kind=quoted(kind), thing=thing)
            return Finding((*path, "kind"), text, kind, kinds)
        case "literal_error":
            words = tuple(_QUOTED.findall(str(context["expected"]))) or (str(context["expected"]),)
            return Finding(path, say("{value} is not allowed here", value=quoted(value)), str(value), words)
        case "too_short":
            one, many = "needs at least {count} entry", "needs at least {count} entries"
            return Finding(path, plural(one, many, context["min_length"]))
        case _ if value is None:
            return Finding(path, say("has no value"))
        case _:
            return Finding(path, f"{_shown(value, path)} {_reason(detail)}", str(value))


def _shown(value: Any, path: Path) -> str:
    """The value, unless a pager's address, which holds its password, may be in it."""
    hidden = "page" in path or (path[:1] == ("people",) and isinstance(value, dict | list))
    return say("what is written") if hidden else quoted(value)


def _reason(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "tuple_type" and detail["loc"] and isinstance(detail["loc"][-1], int):
        return say("must be a list: write a list of lists, [[one, command], [another]]")
    if plain := _WRONG_TYPES.get(detail["type"]):
        return say(plain)
    if detail["type"] == "string_pattern_mismatch" and str(context["pattern"]).startswith("^[A-Z]"):
        return say(_NAME)
    if detail["type"] == "string_pattern_mismatch" and str(context["pattern"]).startswith("^[a-z]"):
        return say(_SLUG)
    if detail["type"] == "value_error":
        return say("is wrong: {why}", why=context["error"])
    return detail["msg"].replace("Input should", "should").replace("String should", "should")
