"""What production was seen to be, and until when."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.production.model import LivePeriod
from storage.columns import at_column
from storage.rows import Rows


class LivePeriodRow(SQLModel, table=True):
    """What production was seen to be, and until when."""

    __tablename__: ClassVar[str] = "live_period"
    __table_args__ = (Index("ix_live_period_run", "run_id"), Index("ix_live_period_service_over", "service", "over_at"))
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    service: str
    deployment: str
    seen_at: datetime = at_column()
    how: str
    moved: bool = True
    over_at: datetime | None = at_column(nullable=True)
    followed_by: str | None = None
    ended_by: int | None = Field(default=None, foreign_key="run.id")


class LivePeriodRows(Rows[LivePeriod]):
    model, entity = LivePeriodRow, LivePeriod
