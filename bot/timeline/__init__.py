"""The timeline: append-only events, each with the hash of the one before, so that any change afterwards shows."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.text import say
from bot.text.stored import packed_all

GENESIS = "0" * 64
"""What the first event holds in place of a hash before it."""


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind` is `noun.verb` (`step.ticked`); `data` holds what a sentence needs."""

    seq: int
    at: datetime
    kind: str
    actor: str
    actor_name: str
    run_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    previous: str = GENESIS
    hash: str = ""


def digest(event: Event) -> str:
    """SHA-256, hex, over everything that the event says and the hash before it (canonical JSON, UTC microseconds)."""
    said = [
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.kind,
        event.actor,
        event.actor_name,
        event.run_id,
        packed_all(event.data),
        event.previous,
    ]
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """Where the chain is broken, and how."""

    seq: int
    what: str


class Verifier:
    """Walks the chain event by event, in constant memory."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = GENESIS
        self.faults: list[Fault] = []

    def read(self, events: Iterable[Event]) -> None:
        """Check the next events, in the order of `seq`."""
        for event in events:
            self._check(event)
            self.seq, self.hash = event.seq, event.hash

    def _check(self, event: Event) -> None:
        if event.seq != self.seq + 1:
            what = say("events are missing or moved: {last} is followed by {next}", last=self.seq, next=event.seq)
            self.faults.append(Fault(event.seq, what))
        if event.previous != self.hash:
            self.faults.append(
                Fault(event.seq, say("the hash of the event before does not fit: something was removed or put in"))
            )
        if digest(event) != event.hash:
            self.faults.append(Fault(event.seq, say("the event was changed after it was written")))

    def finish(self, head_seq: int, head_hash: str) -> None:
        """Compare the end of the chain with the head that the database keeps: finds a cut-off tail."""
        if (self.seq, self.hash) != (head_seq, head_hash):
            what = say("the timeline should end at event {head}, and ends at {last}", head=head_seq, last=self.seq)
            self.faults.append(Fault(head_seq, what))
