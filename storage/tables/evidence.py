"""Evidence, and through whose hands it went."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from bot.evidence.model import Evidence, HandOver
from storage.columns import at_column
from storage.rows import Rows


class EvidenceRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "evidence"
    __table_args__ = (Index("ix_evidence_incident", "incident"),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    kind: str
    name: str = Field(sa_type=Text)
    channel: str
    ts: str
    author: str
    taken_by: str
    taken_at: datetime = at_column()
    holder: str
    state: str
    sha256: str
    size: int
    path: str
    why: str = Field(sa_type=Text)
    version: int = 0


class EvidenceRows(Rows[Evidence]):
    model, entity = EvidenceRow, Evidence


class HandOverRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "hand_over"
    __table_args__ = (Index("ix_hand_over_evidence", "evidence"),)
    id: int | None = Field(default=None, primary_key=True)
    evidence: int = Field(foreign_key="evidence.id")
    giver: str
    taker: str
    at: datetime = at_column()
    reason: str = Field(sa_type=Text)


class HandOverRows(Rows[HandOver]):
    model, entity = HandOverRow, HandOver
