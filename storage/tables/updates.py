"""Status updates, their drafts, and who wants to hear them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.updates.model import StatusUpdate, Subscription, UpdateDraft
from storage.columns import at_column, json_column
from storage.rows import Rows


class StatusUpdateRow(SQLModel, table=True):
    """One update of an incident, as it was sent."""

    __tablename__: ClassVar[str] = "status_updates"
    __table_args__ = (Index("ix_status_updates_incident", "incident"),)
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    audience: str
    status: str
    texts: dict[str, str] = json_column()
    by: str
    at: datetime = at_column()
    services: list[str] = json_column()


class StatusUpdateRows(Rows[StatusUpdate]):
    model, entity = StatusUpdateRow, StatusUpdate


class UpdateDraftRow(SQLModel, table=True):
    """An update that its writer looks at before it is sent."""

    __tablename__: ClassVar[str] = "update_draft"
    id: int | None = Field(default=None, primary_key=True)
    incident: int = Field(foreign_key="incident.id")
    audience: str
    status: str
    texts: dict[str, str] = json_column()
    by: str
    at: datetime = at_column()
    services: list[str] = json_column()
    update: int | None = None


class UpdateDraftRows(Rows[UpdateDraft]):
    model, entity = UpdateDraftRow, UpdateDraft


class SubscriptionRow(SQLModel, table=True):
    """That a user is told the updates of a service (empty = of all), or is not any more."""

    __tablename__: ClassVar[str] = "subscription"
    user: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    at: datetime = at_column()
    active: bool = True


class SubscriptionRows(Rows[Subscription]):
    model, entity = SubscriptionRow, Subscription
