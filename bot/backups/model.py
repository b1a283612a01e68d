"""A proven backup, as a frozen record."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class BackupKind(StrEnum):
    """A dump of ours, or Supabase's point-in-time recovery found fresh."""

    DUMP = "dump"
    PITR = "pitr"


@dataclass(frozen=True)
class Backup:
    """A backup that was proven when it was taken.

    `taken_at` is the moment whose state it holds. `path` is its folder, below the data directory; `sha256` that of the
    file SHA256SUMS in it, which names the other files; `rows` counts each table's rows in the dump itself.
    """

    id: int
    run_id: int
    step_id: str
    kind: BackupKind
    taken_at: datetime
    expires_at: datetime
    path: str | None = None
    size: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    sha256: str | None = None
    state: str = "kept"  # kept | deleted

    @property
    def total(self) -> int:
        """How many rows it holds."""
        return sum(self.rows.values())


def proof(kind: BackupKind, taken_at: datetime, keep: timedelta, **more: Any) -> dict[str, dict[str, Any]]:
    """What a step that took a backup hands on (`detail`), for the database to keep."""
    said = {"kind": str(kind), "taken_at": taken_at.isoformat(), "expires_at": (taken_at + keep).isoformat(), **more}
    return {"backup": said}
