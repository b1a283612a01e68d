"""What the team knew from when on, the legal clocks that run from there, and drafts of what is communicated."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.legal.model import Knowledge, LegalClock, LegalDraft
from storage.columns import at_column, json_column
from storage.rows import Rows


class KnowledgeRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "knowledge"
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id", index=True)
    known_at: datetime = at_column()
    said_by: str
    said_at: datetime = at_column()
    reason: str = Field(sa_type=Text)


class KnowledgeRows(Rows[Knowledge]):
    model, entity = KnowledgeRow, Knowledge


class LegalClockRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "legal_clock"
    __table_args__ = (UniqueConstraint("incident", "clock"),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    clock: str
    text: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    state: str
    due_at: datetime | None = at_column(nullable=True)
    settled_by: str | None = None
    settled_at: datetime | None = at_column(nullable=True)
    words: str = Field(sa_type=Text)
    version: int = 0


class LegalClockRows(Rows[LegalClock]):
    model, entity = LegalClockRow, LegalClock


class LegalDraftRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "legal_draft"
    __table_args__ = (UniqueConstraint("incident", "communication"),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    communication: str
    state: str
    fields: dict[str, str] = json_column()
    edited_by: str
    edited_at: datetime = at_column()
    reviewed_by: str | None = None
    reviewed_at: datetime | None = at_column(nullable=True)
    sent_by: str | None = None
    sent_at: datetime | None = at_column(nullable=True)
    reference: str = Field(sa_type=Text)
    version: int = 1


class LegalDraftRows(Rows[LegalDraft]):
    model, entity = LegalDraftRow, LegalDraft
