"""A level of the escalation matrix, as it stood when the incident's clock was started."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LevelState(StrEnum):
    """`asked`: only a person calls it, and they were asked. `left_out`: nobody of it may be called by the clock."""

    WAITING = "waiting"
    ASKED = "asked"
    CALLED = "called"
    UNREACHED = "unreached"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Level:
    """One level of one incident. `round` counts how often the clock was started; only the last one counts.

    `people`: short names of the team file in their order, of whom the first `at_once` are called together and each of
    the others when nobody before was reached.
    """

    id: int
    run_id: int
    round: int
    level: int
    title: str
    people: tuple[str, ...]
    at_once: int
    channel: str | None
    """The channel of the team file in which they are mentioned; None = where the incident is told of."""
    pages: bool
    confirm: bool
    """Whether only a person calls it."""
    state: LevelState = LevelState.WAITING
    due_at: datetime | None = None
    """When the clock calls it, or asks for it; None while nothing is under way."""
    called_at: datetime | None = None
    called_by: str | None = None
    why: str = ""
    """Why it was called, left out, or not reached."""
    version: int = 0
