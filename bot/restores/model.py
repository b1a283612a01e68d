"""What a restore is about: which backup or which moment, and where it goes."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from bot.backups.model import Backup
from bot.production.inputs import ProductionInputs
from bot.runbook.model import Runbook
from bot.text import plural, say, size_words

Target = Literal["new", "in_place"]
NEW: Target = "new"
IN_PLACE: Target = "in_place"


@dataclass(frozen=True)
class Choice:
    """What a person chose. A dump is one of ours (`backup` is its id); without one it is a moment to go back to."""

    target: Target
    taken_at: str
    """The moment whose state comes back (ISO 8601)."""
    backup: int | None = None
    path: str | None = None
    sha256: str | None = None
    size: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def is_dump(self) -> bool:
        return self.backup is not None

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.taken_at)

    @property
    def digest(self) -> str:
        """Names this very choice: who approves approves what was shown, and nothing else."""
        return hashlib.sha256(json.dumps(vars(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Offered:
    """A dump that a run may restore: one of ours (`backup` is its id)."""

    backup: int
    taken_at: str
    path: str | None
    sha256: str | None
    size: int
    rows: dict[str, int]


@dataclass(frozen=True)
class RestoreInputs(ProductionInputs):
    """What a restore keeps: the dumps that are offered, and what was chosen."""

    backups: tuple[Offered, ...] = ()
    restore: Choice | None = None


def word_of(runbook: Runbook, target: Target) -> str:
    """What both people type: not the same for the harmless and the dangerous way."""
    return runbook.name if target == NEW else "production"


def offered(backup: Backup) -> Offered:
    """A backup as it is kept with the run that may restore it."""
    return Offered(backup.id, backup.taken_at.isoformat(), backup.path, backup.sha256, backup.size, backup.rows)


def what_words(choice: Choice) -> str:
    """`the dump of 2026-11-23 03:10 UTC (1080 rows, 48 kB)`."""
    when = f"{choice.moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not choice.is_dump:
        return say("the state of {when} (point-in-time recovery)", when=when)
    rows = plural("{count} row", "{count} rows", sum(choice.rows.values()))
    return say("the dump of {when} ({rows}, {size})", when=when, rows=rows, size=size_words(choice.size))


def where_words(target: Target) -> str:
    """Where it goes, and what that does to production."""
    if target == NEW:
        return say("into a new database; production is not touched")
    return say("in place: what was written to production since is lost")
