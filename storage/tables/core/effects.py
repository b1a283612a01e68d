"""What is to be done outside after a commit."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, bindparam, delete, func, select, update
from sqlmodel import Field, SQLModel

from bot.effects import LEFT, Effect
from storage.columns import at_column, json_column, text_column
from storage.rows import Rows
from storage.statements import statements, table_of


class EffectRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "effect"
    __table_args__ = (
        Index("ix_effect_target_state", "target", "state"),
        Index("ix_effect_state_due", "state", "due_at"),
        Index("ix_effect_after", "after"),
    )
    seq: int | None = Field(default=None, primary_key=True)
    op_id: str = Field(unique=True)
    kind: str
    target: str
    payload: dict[str, Any] = json_column()
    created_at: datetime = at_column()
    due_at: datetime = at_column()
    run_id: int | None = Field(default=None, foreign_key="run.id")
    step_id: str | None = None
    after: int | None = None
    priority: int = 5
    state: str = "pending"
    attempts: int = 0
    tried_at: datetime | None = at_column(nullable=True)
    error: str | None = text_column()
    result: dict[str, Any] = json_column()


_EFFECT = table_of(EffectRow)
_LEFT = _EFFECT.c.state.in_(LEFT)
_OF_TARGET = (_EFFECT.c.target == bindparam("of_target"), _LEFT)
_NEXT = statements(EffectRow, Effect).select.where(*_OF_TARGET).order_by(_EFFECT.c.seq).limit(1)
_TARGETS = select(_EFFECT.c.target).where(_LEFT, _EFFECT.c.due_at <= bindparam("now")).distinct()
_FOLLOWERS = select(_EFFECT.c.target).where(_EFFECT.c.after == bindparam("seq")).distinct()
_FORGET = delete(_EFFECT).where(_EFFECT.c.state == "done", _EFFECT.c.created_at < bindparam("before"))
_WAITING = select(func.count(), func.min(_EFFECT.c.created_at)).where(_EFFECT.c.state.in_(("pending", "sending")))
_HELD = update(_EFFECT).where(_EFFECT.c.state == "held").values(due_at=bindparam("now")).returning(_EFFECT.c.target)
_HELD_THERE = _HELD.where(_EFFECT.c.target == bindparam("of_target"))


class EffectRows(Rows[Effect]):
    model, entity = EffectRow, Effect

    def plan(self, kind: str, target: str, payload: dict[str, Any], **options: Any) -> Effect:
        effect = self.add(
            Effect(
                0,
                uuid.uuid4().hex,
                kind,
                target,
                payload,
                created_at=self._scope.now,
                due_at=self._scope.now,
                **options,
            )
        )
        self._write(_HELD_THERE, {"now": self._scope.now, "of_target": target})
        self._scope.wake("target", target)
        return effect

    def release(self) -> None:
        for target in set(self._write(_HELD, {"now": self._scope.now}).scalars()):
            self._scope.wake("target", target)

    def next(self, target: str) -> Effect | None:
        found = self._all(_NEXT, of_target=target)
        return found[0] if found else None

    def targets(self, now: datetime) -> list[str]:
        return self._scalars(_TARGETS, now=now)

    def followers(self, seq: int) -> list[str]:
        """Targets of the effects that wait for this one."""
        return self._scalars(_FOLLOWERS, seq=seq)

    def forget(self, before: datetime) -> int:
        return self._write(_FORGET, {"before": before}).rowcount

    def waiting(self) -> tuple[int, datetime | None]:
        count, oldest = self._connection.execute(_WAITING).one()
        return count, oldest
