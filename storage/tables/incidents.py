"""Incidents."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.incidents.model import Incident
from storage.columns import at_column, json_column, text_column
from storage.rows import Rows


class IncidentRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "incident"
    __table_args__ = (
        Index("ix_incident_run", "run_id", unique=True),
        Index("ix_incident_channel", "channel"),
        Index("ix_incident_status", "status"),
        Index("ix_incident_channel_name", "channel_name", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    severity: str
    title: str
    status: str
    declared_by: str
    declared_at: datetime = at_column()
    channel_name: str
    channel: str | None = None
    private: bool = False
    confidential: bool = False
    drill: bool = False
    roles: dict[str, str] = json_column()
    members: list[str] = json_column()
    responded_at: datetime | None = at_column(nullable=True)
    acknowledged_at: datetime | None = at_column(nullable=True)
    acknowledged_by: str | None = None
    resolved_at: datetime | None = at_column(nullable=True)
    closed_at: datetime | None = at_column(nullable=True)
    summary: str | None = text_column()
    merged_into: int | None = None
    version: int = 0


class IncidentRows(Rows[Incident]):
    model, entity = IncidentRow, Incident
