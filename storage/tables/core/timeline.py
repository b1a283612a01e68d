"""The chain of events."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, bindparam, select, update
from sqlmodel import Field, SQLModel

from bot.people import Actor
from bot.timeline import Event, digest
from storage.columns import at_column, json_column
from storage.rows import Rows, masked
from storage.statements import statements, table_of


class EventRow(SQLModel, table=True):
    """The timeline. A trigger refuses UPDATE and DELETE."""

    __tablename__: ClassVar[str] = "event"
    __table_args__ = (Index("ix_event_run_seq", "run_id", "seq"),)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = at_column()
    kind: str
    actor: str
    actor_name: str
    run_id: int | None = Field(default=None, foreign_key="run.id")
    data: dict[str, Any] = json_column()
    previous: str
    hash: str


class ChainHeadRow(SQLModel, table=True):
    """Where the timeline ends: one row."""

    __tablename__: ClassVar[str] = "chain_head"
    id: int = Field(primary_key=True)
    seq: int
    hash: str


_EVENT = table_of(EventRow)
_HEAD = table_of(ChainHeadRow)
_EVENTS = statements(EventRow, Event).select.limit(bindparam("at_most"))
_OF_RUN = _EVENTS.where(_EVENT.c.run_id == bindparam("run"))
_LATEST = _OF_RUN.order_by(_EVENT.c.seq.desc())
_LATEST_BEFORE = _LATEST.where(_EVENT.c.seq < bindparam("before"))
_OF_RUN_AFTER = _OF_RUN.where(_EVENT.c.seq > bindparam("after")).order_by(_EVENT.c.seq)
_AFTER = _EVENTS.where(_EVENT.c.seq > bindparam("after")).order_by(_EVENT.c.seq)
_READ_HEAD = select(_HEAD.c.seq, _HEAD.c.hash)
_MOVE_HEAD = update(_HEAD)


class TimelineRows(Rows[Event]):
    model, entity = EventRow, Event

    def record(self, kind: str, actor: Actor, run_id: int | None = None, **data: Any) -> Event:
        seq, previous = self.head()
        event = Event(
            seq + 1, self._scope.now, kind, actor.user, actor.name, run_id, masked(data, self._scope.mask), previous
        )
        event = Event(**{**vars(event), "hash": digest(event)})
        self.add(event)
        self._connection.execute(_MOVE_HEAD, {"seq": event.seq, "hash": event.hash})
        return event

    def _stored(self, name: str, value: Any) -> Any:
        # Masked before it was hashed: masked once more it might not be what the hash covers.
        return value

    def of_run(self, run_id: int, *, before: int | None = None, limit: int = 50) -> list[Event]:
        if before is None:
            return self._all(_LATEST, run=run_id, at_most=limit)[::-1]
        return self._all(_LATEST_BEFORE, run=run_id, at_most=limit, before=before)[::-1]

    def of_run_after(self, run_id: int, seq: int, limit: int) -> list[Event]:
        return self._all(_OF_RUN_AFTER, run=run_id, after=seq, at_most=limit)

    def after(self, seq: int, limit: int) -> list[Event]:
        return self._all(_AFTER, after=seq, at_most=limit)

    def head(self) -> tuple[int, str]:
        seq, hashed = self._connection.execute(_READ_HEAD).one()
        return seq, hashed
