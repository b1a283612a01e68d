"""The stores that are more than rows: the chain of events, and what may be there once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from bot.people import Actor
from bot.timeline import Event, digest
from storage import tables
from storage.rows import Mask, Rows, masked
from storage.statements import insert_new, statements, table_of

_EVENT, _HEAD = table_of(tables.EventRow), table_of(tables.ChainHeadRow)
_LOCK, _DELIVERY, _RUNBOOK = (table_of(each) for each in (tables.LockRow, tables.DeliveryRow, tables.RunbookRow))

_EVENTS = statements(tables.EventRow, Event).select.limit(bindparam("at_most"))
_OF_RUN = _EVENTS.where(_EVENT.c.run_id == bindparam("run"))
_LATEST = _OF_RUN.order_by(_EVENT.c.seq.desc())
_LATEST_BEFORE = _LATEST.where(_EVENT.c.seq < bindparam("before"))
_OF_RUN_AFTER = _OF_RUN.where(_EVENT.c.seq > bindparam("after")).order_by(_EVENT.c.seq)
_AFTER = _EVENTS.where(_EVENT.c.seq > bindparam("after")).order_by(_EVENT.c.seq)
_READ_HEAD = select(_HEAD.c.seq, _HEAD.c.hash)
_MOVE_HEAD = update(_HEAD)


class TimelineRows(Rows[Event]):
    model, entity = tables.EventRow, Event

    def __init__(self, connection: Connection, mask: Mask, now: datetime) -> None:
        super().__init__(connection, mask)
        self._now = now

    def record(self, kind: str, actor: Actor, run_id: int | None = None, **data: Any) -> Event:
        seq, previous = self.head()
        event = Event(seq + 1, self._now, kind, actor.user, actor.name, run_id, masked(data, self._mask), previous)
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


class Claims:
    """Rows of a table in which a key is there once: who writes it first has it."""

    table: Table

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._now = connection, now

    def _claim(self, **values: Any) -> bool:
        """Insert the row unless its key is there; whether it is new."""
        inserting = insert_new(self.table, self._connection.dialect.name)
        return self._connection.execute(inserting, values).rowcount == 1


_RELEASE = delete(_LOCK).where(_LOCK.c.run_id == bindparam("run"))
_HOLDER = select(_LOCK.c.run_id).where(_LOCK.c.environment == bindparam("environment"))


class LockRows(Claims):
    """Rows of environment_lock."""

    table = _LOCK

    def take(self, environment: str, run_id: int) -> int:
        self._claim(environment=environment, run_id=run_id, taken_at=self._now)
        holder = self.holder(environment)
        assert holder is not None
        return holder

    def release(self, run_id: int) -> None:
        self._connection.execute(_RELEASE, {"run": run_id})

    def holder(self, environment: str) -> int | None:
        return self._connection.execute(_HOLDER, {"environment": environment}).scalar()


_FORGET = delete(_DELIVERY).where(_DELIVERY.c.at < bindparam("before"))


class DeliveryRows(Claims):
    """Rows of delivery."""

    table = _DELIVERY

    def claim(self, identity: str) -> bool:
        return self._claim(identity=identity, at=self._now)

    def forget(self, before: datetime) -> int:
        return self._connection.execute(_FORGET, {"before": before}).rowcount


_TEXT = select(_RUNBOOK.c.text, _RUNBOOK.c.source).where(_RUNBOOK.c.version == bindparam("version"))


class RunbookRows(Claims):
    """Rows of runbook."""

    table = _RUNBOOK

    def keep(self, version: str, text: str, source: str) -> None:
        self._claim(version=version, text=text, source=source, loaded_at=self._now)

    def text(self, version: str) -> tuple[str, str] | None:
        row = self._connection.execute(_TEXT, {"version": version}).one_or_none()
        return (row[0], row[1]) if row else None
