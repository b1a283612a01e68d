"""Levels of the escalation, incident by incident."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.escalation.model import Level
from storage.columns import at_column, json_column
from storage.rows import Rows


class LevelRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "escalation_level"
    __table_args__ = (UniqueConstraint("run_id", "round", "level"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    round: int
    level: int
    title: str = Field(sa_type=Text)
    people: list[str] = json_column()
    at_once: int
    channel: str | None = None
    pages: bool
    confirm: bool
    state: str
    due_at: datetime | None = at_column(nullable=True)
    called_at: datetime | None = at_column(nullable=True)
    called_by: str | None = None
    why: str = Field(sa_type=Text)
    version: int = 0


class LevelRows(Rows[Level]):
    model, entity = LevelRow, Level
