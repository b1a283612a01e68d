"""Keeping proven backups: writing them down, and letting go of those whose time is over."""

from datetime import datetime

from bot.backups.model import Backup, BackupKind
from bot.office import Office
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.model import RunState, StepRecord


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


def expire(office: Office, tx: Tx, instant: datetime) -> None:
    """Let go of what has been kept long enough, but never of the newest dump, nor of one that is to be restored."""
    dumps = kept(tx)
    needed = {dump.id for dump in dumps[:1]} | _wanted(tx)
    for backup in tx.backups.find(state="kept"):
        if backup.expires_at <= tx.now and backup.id not in needed:
            tx.backups.save(backup, state="deleted")
            tx.timeline.record(
                "backup.deleted", ROBOT, backup.run_id, backup=backup.id, kind_of_backup=str(backup.kind)
            )


def _wanted(tx: Tx) -> set[int]:
    runs = tx.runs.find(kind="restore", state=(RunState.WAITING, RunState.ACTIVE))
    return {run.inputs["restore"]["backup"] for run in runs if run.inputs.get("restore", {}).get("backup")}
