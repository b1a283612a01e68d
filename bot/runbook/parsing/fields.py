"""The fields that a model has at a place of a file."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from bot.runbook.problems import Path


def fields_at(model: type[BaseModel], path: Path, data: Any) -> tuple[str, ...]:
    """The names of the fields that the model has at `path`; nothing when it is not a mapping with known fields."""
    schema = _schema(model)
    part, data = _at(schema, path, data)
    return tuple(_resolved(schema, part, data).get("properties", ()))


def kinds_at(model: type[BaseModel], path: Path, data: Any) -> dict[str, tuple[str, ...]]:
    """The kinds that an entry at `path` can be of, each with its fields; none when entries there have no kinds."""
    schema = _schema(model)
    part, data = _at(schema, path, data)
    kinds = part.get("discriminator", {}).get("mapping", {}) if isinstance(part, dict) else {}
    return {kind: tuple(_resolved(schema, {"$ref": name}, data)["properties"]) for kind, name in kinds.items()}


def _at(schema: dict[str, Any], path: Path, data: Any) -> tuple[Any, Any]:
    """The part of the schema at `path`, and the data there."""
    part: Any = schema
    for key in path:
        whole, data = _resolved(schema, part, data), data[key]
        below = whole.get("items") if isinstance(key, int) else whole.get("properties", {}).get(key)
        part = below or next(iter(whole.get("patternProperties", {}).values()), whole.get("additionalProperties"))
    return part, data


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
