"""pydantic's errors in the words of somebody who writes a file."""

import difflib
import re
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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
_SLUG = "must start with a lower-case letter and hold only lower-case letters, digits, - and _"


def explain(error: ValidationError, data: Any, model: type[BaseModel]) -> list[Finding]:
    """One finding for each cause; `data` is what was validated as a `model`."""
    found = []
    for detail in error.errors(include_url=False):
        if _is_emptied(detail):
            continue
        path = _path(detail, data)
        found.append(_finding(detail, path, _allowed_fields(model, path[:-1], data)))
    misspelt = {(*each.path[:-1], near) for each in found if (near := _meant(each))}
    foreign = {each.path[:-1] for each in found if _is_foreign(each, data)}
    return [each for each in found if each.reason != _missing() or not _follows(each.path, misspelt, foreign)]


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
            hint = "" if _FIELD.fullmatch(name) else say("; a text that holds a comma or a colon goes in quotes")
            return Finding(path, say("{name} is not a field here", name=quoted(name)) + hint, name, fields)
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
            return Finding(path, f"{quoted(value)} {_reason(detail)}", str(value))


def _reason(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if plain := _WRONG_TYPES.get(detail["type"]):
        return say(plain)
    if detail["type"] == "string_pattern_mismatch" and str(context["pattern"]).startswith("^[a-z]"):
        return say(_SLUG)
    if detail["type"] == "value_error":
        return say("is wrong: {why}", why=context["error"])
    return detail["msg"].replace("Input should", "should").replace("String should", "should")


def _allowed_fields(model: type[BaseModel], path: Path, data: Any) -> tuple[str, ...]:
    """The names of the fields that the model has at `path`; nothing when it is not a mapping with known fields."""
    schema = _schema(model)
    part = _resolved(schema, schema, data)
    for key in path:
        data = data[key]
        below = part.get("items") if isinstance(key, int) else part.get("properties", {}).get(key)
        part = _resolved(schema, below or part.get("additionalProperties") or {}, data)
    return tuple(part.get("properties", ()))


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _resolved(schema: dict[str, Any], part: Any, data: Any) -> dict[str, Any]:
    """The schema itself behind a reference, an optional value or a choice by `kind`."""
    if not isinstance(part, dict):
        return {}
    if "discriminator" in part:
        kinds = part["discriminator"]["mapping"]
        kind = data.get("kind", next(iter(kinds))) if isinstance(data, dict) else None
        return _resolved(schema, {"$ref": kinds.get(kind)} if kind in kinds else {}, data)
    if "anyOf" in part:
        return _resolved(schema, next((each for each in part["anyOf"] if "$ref" in each), {}), data)
    if "$ref" in part:
        found: dict[str, Any] = schema["$defs"][part["$ref"].rpartition("/")[2]]
        return found
    return part
