"""Rules that look at a whole block, or at all blocks of a payload together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checks import Check, Json, Report

MARKDOWN_IN_ALL = 12_000
TABLE_CHARACTERS = 10_000


def actions_differ(report: Report, value: Json, pointer: str) -> None:
    """Within one block every action_id is there once."""
    seen: set[str] = set()
    name = "actions" if value["type"] == "card" else "elements"
    for position, element in enumerate(value.get(name) or ()):
        action_id = element.get("action_id")
        if action_id is not None and action_id in seen:
            message = f"`action_id` {action_id} already exists in this block"
            report.add(message, f"{pointer}/{name}/{position}/action_id")
        seen.add(action_id)


def at_most(most: int, what: str, message: str) -> Check:
    """No more than this many of such blocks in one payload."""

    def check(report: Report, value: Json, pointer: str) -> None:
        if report.count(what) > most:
            report.add(message, pointer)

    return check


def markdown_in_all(report: Report, value: Json, pointer: str) -> None:
    if report.count("markdown", len(value["text"])) > MARKDOWN_IN_ALL:
        report.add(f"must be less than {MARKDOWN_IN_ALL + 1} characters in all markdown blocks", f"{pointer}/text")


def table_cells_in_all(report: Report, value: Json, pointer: str) -> None:
    size = sum(_characters(cell) for row in value["rows"] for cell in row)
    if report.count("table characters", size) > TABLE_CHARACTERS:
        report.add(f"must be less than {TABLE_CHARACTERS + 1} characters in all cells", f"{pointer}/rows")


def _characters(part: Any) -> int:
    if isinstance(part, Mapping):
        own = part.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(_characters(p) for p in part.get("elements") or ())
    return 0


def rows_are_even(report: Report, value: Json, pointer: str) -> None:
    width = len(value["rows"][0])
    for position, row in enumerate(value["rows"]):
        if len(row) != width:
            report.add(f"must have {width} cells like the first row", f"{pointer}/rows/{position}")


def header_row_first(report: Report, value: Json, pointer: str) -> None:
    for position, cell in enumerate(value["rows"][0]):
        if cell["type"] != "raw_text":
            report.add("must be raw_text in the header row", f"{pointer}/rows/0/{position}/type")
