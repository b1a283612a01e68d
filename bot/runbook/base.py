"""What every part of a runbook is made of: frozen models, slugs, durations, short texts."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")


class Frozen(BaseModel):
    """A part of the runbook: immutable, and a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parse_duration(value: Any) -> Any:
    """`90s`, `15m`, `2h`, `1h30m`, `3d`, `0` as a timedelta; anything else is a ValueError that tells how."""
    if isinstance(value, timedelta) or value == 0:
        return value or timedelta(0)
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match or not any(match.groups()):
        raise ValueError("write a duration as 90s, 15m, 2h, 1h30m or 3d")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def duration_text(value: timedelta) -> str:
    """The shortest way to write a duration, the one that `parse_duration` reads: `1h30m`."""
    seconds = int(value.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds % 86400 // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^((\d+d)?(\d+h)?(\d+m)?(\d+s)?|\$\{[A-Z][A-Z0-9_]*\})$",
            "examples": ["90s", "15m", "2h", "${SOAK_TIME}"],
        }
    ),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
"""One line that a card shows."""
Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
"""Guidance that is shown on demand, never on the card itself."""


class Worded(Frozen):
    """Something with words that people read: `text` in English and, where there is one, `pt` in Portuguese."""

    text: Line
    pt: Line | None = None


class Titled(Frozen):
    """A section: a short title for cards and, word for word, the heading that it has in the written runbook."""

    title: Line
    pt: Line | None = None
    heading: Line | None = Field(default=None, description="The heading in the written runbook, word for word.")
