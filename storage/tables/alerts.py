"""Who was alerted or invited."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from bot.alerts.model import Alert
from storage.columns import at_column
from storage.rows import Rows


class AlertRow(SQLModel, table=True):
    """Who was alerted or invited, one way each, and what came of it."""

    __tablename__: ClassVar[str] = "alert"
    __table_args__ = (Index("ix_alert_run_item", "run_id", "item"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    item: str
    step_attempt: int
    turn: int
    person: str
    way: str
    at: datetime = at_column()
    state: str = "asked"
    how: str = Field(sa_type=Text)
    sent_at: datetime | None = at_column(nullable=True)
    delivered_at: datetime | None = at_column(nullable=True)
    acknowledged_at: datetime | None = at_column(nullable=True)


class AlertRows(Rows[Alert]):
    model, entity = AlertRow, Alert
