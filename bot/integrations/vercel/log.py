"""The lines of a build, out of the events in which Vercel tells them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class LogLine:
    """One line of a build log. `kind` is Vercel's: command, stdout, stderr, fatal, …"""

    at: datetime
    kind: str
    text: str


def log_lines(answer: str) -> tuple[LogLine, ...]:
    """Build events come as one JSON array or as JSON lines, with their text in the payload or beside it."""
    try:
        parsed = json.loads(answer)
        events = parsed if isinstance(parsed, list) else [parsed]
    except ValueError:
        events = [event for line in answer.split("\n") if (event := _json_or_none(line)) is not None]
    lines = [line for event in events if isinstance(event, dict) and (line := _log_line(event))]
    return tuple(sorted(lines, key=lambda line: line.at))


def _json_or_none(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _log_line(event: Mapping[str, Any]) -> LogLine | None:
    payload = event.get("payload")
    inner = payload if isinstance(payload, dict) else {}
    text = inner.get("text") or event.get("text")
    created = event.get("created") or inner.get("date") or event.get("date")
    if not text or not isinstance(created, int | float):
        return None
    return LogLine(_moment(created), str(event.get("type", "stdout")), str(text))


def _moment(milliseconds: float) -> datetime:
    """What is no moment at all stands first: the line is told all the same."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
