"""Backups that were proven when they were taken."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from bot.backups.model import Backup
from storage.columns import at_column, json_column
from storage.rows import Rows


class BackupRow(SQLModel, table=True):
    """Backups that were proven when they were taken."""

    __tablename__: ClassVar[str] = "backup"
    __table_args__ = (Index("ix_backup_state_taken", "state", "taken_at"), Index("ix_backup_path", "path"))
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    step_id: str
    kind: str
    taken_at: datetime = at_column()
    expires_at: datetime = at_column()
    path: str | None = None
    size: int = Field(default=0, sa_type=BigInteger)
    rows: dict[str, int] = json_column()
    sha256: str | None = None
    state: str = "kept"


class BackupRows(Rows[Backup]):
    model, entity = BackupRow, Backup
