"""Links to timelines, and messages that were saved in them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.timelines.model import SavedMessage, TimelineLink
from storage.columns import at_column
from storage.rows import Rows


class TimelineLinkRow(SQLModel, table=True):
    """The newest link of a user to the timeline of a run."""

    __tablename__: ClassVar[str] = "timeline_link"
    __table_args__ = (
        Index("ix_timeline_link_digest", "digest", unique=True),
        Index("ix_timeline_link_run_user", "run_id", "user", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    user: str
    digest: str
    expires_at: datetime = at_column()


class TimelineLinkRows(Rows[TimelineLink]):
    model, entity = TimelineLinkRow, TimelineLink


class SavedMessageRow(SQLModel, table=True):
    """That a message is kept in the timeline of a run."""

    __tablename__: ClassVar[str] = "saved_message"
    __table_args__ = (Index("ix_saved_message_channel_ts", "channel", "ts", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    channel: str
    ts: str
    author: str


class SavedMessageRows(Rows[SavedMessage]):
    model, entity = SavedMessageRow, SavedMessage
