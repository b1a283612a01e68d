"""What became of calling the addresses of people."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from bot.paging.model import PagerCall
from storage.columns import at_column
from storage.rows import Rows


class PagerCallRow(SQLModel, table=True):
    """One address, called once for an alert, and what came of it."""

    __tablename__: ClassVar[str] = "pager_call"
    __table_args__ = (
        Index("ix_pager_call_alert", "alert_id"),
        Index("ix_pager_call_key", "key"),
        Index("ix_pager_call_link", "link"),
    )
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id")
    number: int
    scheme: str
    at: datetime = at_column()
    state: str
    how: str = Field(sa_type=Text)
    key: str
    link: str


class PagerCallRows(Rows[PagerCall]):
    model, entity = PagerCallRow, PagerCall
