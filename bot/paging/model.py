"""What became of calling one address of a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LINK_LASTS = timedelta(hours=24)
"""How long the one-time link of a call can be used."""


class CallState(StrEnum):
    """`sending` is written before a service is asked; `sent`: it took the call; `delivered`: it says it arrived."""

    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"

    @property
    def accepted(self) -> bool:
        """Whether the service took it, and has not said that it failed."""
        return self in (CallState.SENT, CallState.DELIVERED, CallState.ACKNOWLEDGED)


_ORDER = tuple(CallState)


def further(known: CallState, heard: CallState) -> CallState:
    """What is known after one more piece of news: what comes late, twice or out of order takes nothing back."""
    return max(known, heard, key=_ORDER.index)


@dataclass(frozen=True)
class PagerCall:
    """One address, called once for an alert.

    Of the address only its place in the team file (`number`) and its `scheme` are kept. `key` is PagerDuty's name for
    what was opened, `link` the hash of a one-time link's token; both are empty where there is none.
    """

    id: int
    alert_id: int
    number: int
    scheme: str
    at: datetime
    state: CallState = CallState.SENDING
    how: str = ""
    key: str = ""
    link: str = ""
