"""Keeping proven backups: writing them down, and listing them."""

from datetime import datetime

from bot.backups.model import Backup, BackupKind
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.model import StepRecord


def keep(tx: Tx, record: StepRecord) -> Backup | None:
    """Write down the backup that a step has proven, if it is one that took a backup."""
    said = record.detail.get("backup")
    if said is None:
        return None
    moments = {name: datetime.fromisoformat(said[name]) for name in ("taken_at", "expires_at")}
    given = {**said, **moments, "kind": BackupKind(said["kind"])}
    backup = tx.backups.add(Backup(0, record.run_id, record.step_id, **given))
    told = {"backup": backup.id, "size": backup.size, "rows": backup.total, "sha256": backup.sha256}
    tx.timeline.record("backup.proven", ROBOT, record.run_id, kind_of_backup=str(backup.kind), **told)
    return backup


def kept(tx: Tx) -> list[Backup]:
    """The dumps that there are, newest first."""
    return tx.backups.find(kind=BackupKind.DUMP, state="kept", order="-taken_at")
