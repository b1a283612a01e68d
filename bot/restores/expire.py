"""Letting go of backups whose time is over, but of none that is to be restored."""

from datetime import datetime

from bot.backups.records import kept
from bot.domain import Domain
from bot.people import ROBOT
from bot.ports import Tx
from bot.restores.model import RestoreInputs
from bot.runs.model import RunState


def expire(domain: Domain, tx: Tx, instant: datetime) -> None:
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
    chosen = (RestoreInputs.of(run).restore for run in runs)
    return {each.backup for each in chosen if each and each.backup}
