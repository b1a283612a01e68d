"""Answers of health checks."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.ports import HealthResult
from storage.columns import at_column, text_column
from storage.rows import Rows


class HealthRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "health_result"
    __table_args__ = (Index("ix_health_check_at", "check_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = at_column()
    group: str
    check_id: str
    title: str
    state: str
    latency_ms: int | None = None
    reason: str | None = text_column()
    run_id: int | None = Field(default=None, foreign_key="run.id")


class HealthRows(Rows[HealthResult]):
    model, entity = HealthRow, HealthResult
