"""The JSON Schema of a runbook file, for editors: completion, descriptions, errors while typing."""

from typing import Any

from bot.runbook.model import Runbook


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) with the names that are written in the file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "NeonOps runbook"}
    return {**Runbook.model_json_schema(by_alias=True), **head}
