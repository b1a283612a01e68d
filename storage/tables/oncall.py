"""Who covers for whom, and the checks of contacts."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from bot.oncall.model import ContactCheck, Cover
from storage.columns import at_column
from storage.rows import Rows


class CoverRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "oncall_cover"
    __table_args__ = (Index("ix_oncall_cover_target", "target"),)
    id: int | None = Field(default=None, primary_key=True)
    target: str
    person: str
    starts_at: datetime = at_column()
    ends_at: datetime = at_column()
    by: str


class CoverRows(Rows[Cover]):
    model, entity = CoverRow, Cover


class ContactCheckRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "contact_check"
    __table_args__ = (Index("ix_contact_check_round", "round"),)
    id: int | None = Field(default=None, primary_key=True)
    round: int
    person: str
    by: str
    asked_at: datetime = at_column()
    due_at: datetime = at_column()
    sent_at: datetime | None = at_column(nullable=True)
    answered_at: datetime | None = at_column(nullable=True)
    failure: str = Field(sa_type=Text)
    version: int = 0


class ContactCheckRows(Rows[ContactCheck]):
    model, entity = ContactCheckRow, ContactCheck
