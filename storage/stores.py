"""The stores: each table's rows, and the few questions that only it answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.backups.model import Backup
from bot.deploys.model import Hold
from bot.effects import Effect, Timer
from bot.incidents.model import Incident
from bot.people import Actor, Member
from bot.ports import HealthResult
from bot.runs.model import Card, Gate, Run, StepRecord, StepState
from bot.timeline import Event, digest
from storage import tables
from storage.rows import Mask, Rows, masked

WakeUp = Callable[[str, object], None]


def insert_new(connection: Connection, table: Any, **values: Any) -> bool:
    """INSERT … ON CONFLICT DO NOTHING; whether the row is new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    query = dialect.insert(table).values(**values).on_conflict_do_nothing()
    # Without the option SQLAlchemy does not keep the count of an INSERT: on PostgreSQL it would be -1.
    return connection.execute(query, execution_options={"preserve_rowcount": True}).rowcount == 1


class RunRows(Rows[Run]):
    model, entity = tables.RunRow, Run


class StepRows(Rows[StepRecord]):
    model, entity = tables.StepRow, StepRecord

    def runs_at_work(self) -> list[int]:
        """Ids of the runs with a step that is started or asked for."""
        table = self._table
        at_work = (table.c.state == StepState.STARTED) | table.c.asked_by.is_not(None)
        return list(self._connection.execute(select(table.c.run_id).where(at_work).distinct()).scalars())


class GateRows(Rows[Gate]):
    model, entity = tables.GateRow, Gate


class IncidentRows(Rows[Incident]):
    model, entity = tables.IncidentRow, Incident


class MemberRows(Rows[Member]):
    model, entity = tables.MemberRow, Member


class HealthRows(Rows[HealthResult]):
    model, entity = tables.HealthRow, HealthResult


class BackupRows(Rows[Backup]):
    model, entity = tables.BackupRow, Backup


class HoldRows(Rows[Hold]):
    model, entity = tables.HoldRow, Hold

    def remove(self, environment: str, kind: str) -> None:
        """Delete a hold."""
        same = (self._table.c.environment == environment, self._table.c.kind == kind)
        self._connection.execute(delete(self._table).where(*same))


class CardRows(Rows[Card]):
    model, entity = tables.CardRow, Card

    def __init__(self, connection: Connection, mask: Mask, wake: WakeUp) -> None:
        super().__init__(connection, mask)
        self._wake = wake

    def touch(self, run_id: int, page: str | None = None) -> None:
        table = self._table
        which = [table.c.run_id == run_id, table.c.state == "live"] + ([table.c.page == page] if page else [])
        self._connection.execute(update(table).where(*which).values(wanted=table.c.wanted + 1))
        for card_id in self._connection.execute(select(table.c.id).where(*which)).scalars():
            self._wake("card", card_id)

    def dirty(self) -> list[int]:
        """Ids of live cards that Slack shows in an older state."""
        table = self._table
        query = select(table.c.id).where(
            table.c.wanted > table.c.shown, table.c.state == "live", table.c.channel.is_not(None)
        )
        return list(self._connection.execute(query).scalars())


class EffectRows(Rows[Effect]):
    model, entity = tables.EffectRow, Effect

    def __init__(self, connection: Connection, mask: Mask, wake: WakeUp, now: datetime) -> None:
        super().__init__(connection, mask)
        self._wake, self._now = wake, now

    def plan(self, kind: str, target: str, payload: dict[str, Any], **options: Any) -> Effect:
        effect = self.add(
            Effect(0, uuid.uuid4().hex, kind, target, payload, created_at=self._now, due_at=self._now, **options)
        )
        self._wake("target", target)
        return effect

    def next(self, target: str) -> Effect | None:
        table = self._table
        query = (
            select(table)
            .where(table.c.target == target, table.c.state.in_(["pending", "sending"]))
            .order_by(table.c.seq)
            .limit(1)
        )
        found = self._all(query)
        return found[0] if found else None

    def targets(self, now: datetime) -> list[str]:
        table = self._table
        query = (
            select(table.c.target).where(table.c.state.in_(["pending", "sending"]), table.c.due_at <= now).distinct()
        )
        return list(self._connection.execute(query).scalars())

    def followers(self, seq: int) -> list[str]:
        """Targets of the effects that wait for this one."""
        table = self._table
        return list(self._connection.execute(select(table.c.target).where(table.c.after == seq).distinct()).scalars())

    def forget(self, before: datetime) -> int:
        table = self._table
        old = (table.c.state == "done", table.c.created_at < before)
        return self._connection.execute(delete(table).where(*old)).rowcount

    def waiting(self) -> tuple[int, datetime | None]:
        table = self._table
        query = select(func.count(), func.min(table.c.created_at)).where(table.c.state.in_(["pending", "sending"]))
        count, oldest = self._connection.execute(query).one()
        return count, oldest


class TimerRows(Rows[Timer]):
    model, entity = tables.TimerRow, Timer

    def __init__(self, connection: Connection, mask: Mask, wake: WakeUp) -> None:
        super().__init__(connection, mask)
        self._wake = wake

    def set(self, kind: str, key: str, due_at: datetime, run_id: int, **payload: Any) -> Timer:
        self._wake("timers", "")
        for old in self.find(run_id=run_id, kind=kind, key=key):
            return self.save(old, due_at=due_at, payload=payload, state="pending", fired_at=None)
        return self.add(Timer(0, kind, key, due_at, run_id, payload))

    def cancel(self, run_id: int, *kinds: str) -> int:
        table = self._table
        which = [table.c.run_id == run_id, table.c.state == "pending"] + ([table.c.kind.in_(kinds)] if kinds else [])
        return self._connection.execute(update(table).where(*which).values(state="cancelled")).rowcount

    def due(self, now: datetime) -> list[Timer]:
        table = self._table
        return self._all(
            select(table).where(table.c.state == "pending", table.c.due_at <= now).order_by(table.c.due_at, table.c.id)
        )

    def next_due(self) -> datetime | None:
        table = self._table
        return self._connection.execute(select(func.min(table.c.due_at)).where(table.c.state == "pending")).scalar()


class TimelineRows(Rows[Event]):
    model, entity = tables.EventRow, Event

    def __init__(self, connection: Connection, mask: Mask, now: datetime) -> None:
        super().__init__(connection, mask)
        self._now = now
        self._head: Any = tables.ChainHeadRow.__table__  # type: ignore[attr-defined]

    def record(self, kind: str, actor: Actor, run_id: int | None = None, **data: Any) -> Event:
        seq, previous = self.head()
        event = Event(seq + 1, self._now, kind, actor.user, actor.name, run_id, masked(data, self._mask), previous)
        event = Event(**{**vars(event), "hash": digest(event)})
        self.add(event)
        self._connection.execute(update(self._head).values(seq=event.seq, hash=event.hash))
        return event

    def _stored(self, name: str, value: Any) -> Any:
        # Masked before it was hashed: masked once more it might not be what the hash covers.
        return value

    def of_run(self, run_id: int, *, before: int | None = None, limit: int = 50) -> list[Event]:
        table = self._table
        query = select(table).where(table.c.run_id == run_id).order_by(table.c.seq.desc()).limit(limit)
        return self._all(query if before is None else query.where(table.c.seq < before))[::-1]

    def of_run_after(self, run_id: int, seq: int, limit: int) -> list[Event]:
        table = self._table
        return self._all(
            select(table).where(table.c.run_id == run_id, table.c.seq > seq).order_by(table.c.seq).limit(limit)
        )

    def after(self, seq: int, limit: int) -> list[Event]:
        table = self._table
        return self._all(select(table).where(table.c.seq > seq).order_by(table.c.seq).limit(limit))

    def head(self) -> tuple[int, str]:
        seq, hashed = self._connection.execute(select(self._head.c.seq, self._head.c.hash)).one()
        return seq, hashed


class LockRows:
    """Rows of environment_lock."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._table: Any = tables.LockRow.__table__  # type: ignore[attr-defined]

    def take(self, environment: str, run_id: int) -> int:
        insert_new(self._connection, self._table, environment=environment, run_id=run_id, taken_at=self._now)
        holder = self.holder(environment)
        assert holder is not None
        return holder

    def release(self, run_id: int) -> None:
        self._connection.execute(delete(self._table).where(self._table.c.run_id == run_id))

    def holder(self, environment: str) -> int | None:
        query = select(self._table.c.run_id).where(self._table.c.environment == environment)
        return self._connection.execute(query).scalar()


class DeliveryRows:
    """Rows of delivery."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._table: Any = tables.DeliveryRow.__table__  # type: ignore[attr-defined]

    def claim(self, identity: str) -> bool:
        return insert_new(self._connection, self._table, identity=identity, at=self._now)

    def forget(self, before: datetime) -> int:
        return self._connection.execute(delete(self._table).where(self._table.c.at < before)).rowcount


class RunbookRows:
    """Rows of runbook."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._table: Any = tables.RunbookRow.__table__  # type: ignore[attr-defined]

    def keep(self, version: str, text: str, source: str) -> None:
        insert_new(self._connection, self._table, version=version, text=text, source=source, loaded_at=self._now)

    def text(self, version: str) -> tuple[str, str] | None:
        query = select(self._table.c.text, self._table.c.source).where(self._table.c.version == version)
        row = self._connection.execute(query).one_or_none()
        return (row[0], row[1]) if row else None
