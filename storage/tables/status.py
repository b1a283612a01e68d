"""Incidents that the public knows of."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.status.model import PublicIncident
from storage.columns import at_column
from storage.rows import Rows


class PublicIncidentRow(SQLModel, table=True):
    """That an incident is public, and its id there."""

    __tablename__: ClassVar[str] = "public_incident"
    __table_args__ = (Index("ix_public_incident_incident", "incident", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    public_id: str
    published_at: datetime = at_column()
    reopened_at: datetime | None = at_column(nullable=True)


class PublicIncidentRows(Rows[PublicIncident]):
    model, entity = PublicIncidentRow, PublicIncident
