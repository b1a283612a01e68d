"""Evidence and its chain of custody, as the database keeps them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EvidenceState(StrEnum):
    """Asked for, kept with its hash, or not to be had."""

    ASKED = "asked"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True)
class Evidence:
    """A message (as Slack's JSON) or a file, where it is from, and who had it kept.

    `path` is below the folder of evidence; `holder`: who has it in hand now; `why` it could not be kept.
    """

    id: int
    incident: int
    kind: str
    name: str
    channel: str
    ts: str
    author: str
    taken_by: str
    taken_at: datetime
    holder: str
    state: EvidenceState = EvidenceState.ASKED
    sha256: str = ""
    size: int = 0
    path: str = ""
    why: str = ""
    version: int = 0


@dataclass(frozen=True)
class HandOver:
    """Evidence went from one person's hands into another's."""

    id: int
    evidence: int
    giver: str
    taker: str
    at: datetime
    reason: str
