"""What became of alerting one person one way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEVEL = "level:"
"""How the item of an alert begins that is a level of the escalation: `level:2`."""


class Way(StrEnum):
    """How a person is told."""

    MESSAGE = "message"
    """By Slack: a mention where they are, else a direct message."""
    PAGE = "page"
    INVITATION = "invitation"


class AlertState(StrEnum):
    """`sending` is written before a pager is called: found later, nobody knows whether it was. `unsure` stays so."""

    ASKED = "asked"
    SENDING = "sending"
    REACHED = "reached"
    UNREACHED = "unreached"
    UNSURE = "unsure"

    @property
    def settled(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self not in (AlertState.ASKED, AlertState.SENDING)


@dataclass(frozen=True)
class Alert:
    """One person, one way, for one item of a run (`item` is empty: for the run as a whole; LEVEL: of the escalation).

    `person` is a short name of the team file, or a Slack user (`U…`). `step_attempt` is the item's attempt; `turn` is 0
    for those whom the item names, then counts those who are tried because nobody was reached. `how` says how they were
    reached, or why they were not.
    """

    id: int
    run_id: int
    item: str
    step_attempt: int
    turn: int
    person: str
    way: Way
    at: datetime
    state: AlertState = AlertState.ASKED
    how: str = ""
    sent_at: datetime | None = None
    """When Slack or a pager took it."""
    delivered_at: datetime | None = None
    """When it certainly was where they see it: a pager says so, or Slack shows it where they are."""
    acknowledged_at: datetime | None = None
    """When they said that they are on it."""


@dataclass(frozen=True)
class Call:
    """What a round of alerts is about: the item, its attempt, whose turn it is, what they are told, and where.

    `place` is a channel of the team file; None = where the run is told of.
    """

    item: str = ""
    step_attempt: int = 1
    turn: int = 0
    message: str | None = None
    place: str | None = None
