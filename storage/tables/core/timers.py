"""Due times."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint, bindparam, func, select, update
from sqlmodel import Field, SQLModel

from bot.effects import Timer
from storage.columns import at_column, json_column
from storage.rows import Rows
from storage.statements import statements, table_of


class TimerRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "timer"
    __table_args__ = (UniqueConstraint("run_id", "kind", "key"), Index("ix_timer_state_due", "state", "due_at"))
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
    due_at: datetime = at_column()
    run_id: int | None = Field(default=None, foreign_key="run.id")
    payload: dict[str, Any] = json_column()
    state: str = "pending"
    fired_at: datetime | None = at_column(nullable=True)


_TIMER = table_of(TimerRow)
_PENDING = _TIMER.c.state == "pending"
_CANCEL_ALL = update(_TIMER).where(_TIMER.c.run_id == bindparam("run"), _PENDING).values(state="cancelled")
_OF_KINDS = _TIMER.c.kind.in_(bindparam("kinds", expanding=True))
_CANCEL = _CANCEL_ALL.where(_OF_KINDS)
_CANCEL_ALL_LOOSE = update(_TIMER).where(_TIMER.c.run_id.is_(None), _PENDING).values(state="cancelled")
_CANCEL_LOOSE = _CANCEL_ALL_LOOSE.where(_OF_KINDS)
_DUE = (
    statements(TimerRow, Timer)
    .select.where(_PENDING, _TIMER.c.due_at <= bindparam("now"))
    .order_by(_TIMER.c.due_at, _TIMER.c.id)
)
_NEXT_DUE = select(func.min(_TIMER.c.due_at)).where(_PENDING)


class TimerRows(Rows[Timer]):
    model, entity = TimerRow, Timer

    def set(self, kind: str, key: str, due_at: datetime, run_id: int | None, **payload: Any) -> Timer:
        self._scope.wake("timers", "")
        for old in self.find(run_id=run_id, kind=kind, key=key):
            return self.save(old, due_at=due_at, payload=payload, state="pending", fired_at=None)
        return self.add(Timer(0, kind, key, due_at, run_id, payload))

    def cancel(self, run_id: int | None, *kinds: str) -> int:
        of_kinds = {"kinds": kinds} if kinds else {}
        if run_id is None:
            return self._write(_CANCEL_LOOSE if kinds else _CANCEL_ALL_LOOSE, of_kinds).rowcount
        return self._write(_CANCEL if kinds else _CANCEL_ALL, {"run": run_id, **of_kinds}).rowcount

    def due(self, now: datetime) -> list[Timer]:
        return self._all(_DUE, now=now)

    def next_due(self) -> datetime | None:
        return self._connection.execute(_NEXT_DUE).scalar()
