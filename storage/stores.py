"""The stores: each table's rows, and the few questions that only it answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from bot.alerts.model import Alert
from bot.backups.model import Backup
from bot.deploys.model import Hold
from bot.effects import LEFT, Effect, Timer
from bot.incidents.model import Incident
from bot.people import Member
from bot.ports import HealthResult
from bot.power.model import InForce, RefusedInHour
from bot.production.model import LivePeriod
from bot.runs.model import Card, Gate, Run, StepRecord, StepState
from storage import tables
from storage.rows import Mask, Rows
from storage.statements import statements, table_of

WakeUp = Callable[[str, object], None]


_STEP, _HOLD, _CARD = (table_of(each) for each in (tables.StepRow, tables.HoldRow, tables.CardRow))
_EFFECT, _TIMER = table_of(tables.EffectRow), table_of(tables.TimerRow)
_LEFT = _EFFECT.c.state.in_(LEFT)
_PENDING = _TIMER.c.state == "pending"


class RunRows(Rows[Run]):
    model, entity = tables.RunRow, Run


_AT_WORK = (_STEP.c.state == StepState.STARTED.value) | _STEP.c.asked_by.is_not(None)
_RUNS_AT_WORK = select(_STEP.c.run_id).where(_AT_WORK).distinct()


class StepRows(Rows[StepRecord]):
    model, entity = tables.StepRow, StepRecord

    def runs_at_work(self) -> list[int]:
        """Ids of the runs with a step that is started or asked for."""
        return self._scalars(_RUNS_AT_WORK)


class GateRows(Rows[Gate]):
    model, entity = tables.GateRow, Gate


class IncidentRows(Rows[Incident]):
    model, entity = tables.IncidentRow, Incident


class MemberRows(Rows[Member]):
    model, entity = tables.MemberRow, Member


class AlertRows(Rows[Alert]):
    model, entity = tables.AlertRow, Alert


class HealthRows(Rows[HealthResult]):
    model, entity = tables.HealthRow, HealthResult


class BackupRows(Rows[Backup]):
    model, entity = tables.BackupRow, Backup


class LivePeriodRows(Rows[LivePeriod]):
    model, entity = tables.LivePeriodRow, LivePeriod


class InForceRows(Rows[InForce]):
    model, entity = tables.InForceRow, InForce


_REFUSED = table_of(tables.RefusedRow)
_REMOVE_REFUSED = delete(_REFUSED).where(_REFUSED.c.user == bindparam("of"), _REFUSED.c.hour == bindparam("at"))
_REFUSED_BEFORE = _REFUSED.c.hour < bindparam("hour")


class RefusedRows(Rows[RefusedInHour]):
    model, entity = tables.RefusedRow, RefusedInHour
    _BEFORE = statements(model, entity).select.where(_REFUSED_BEFORE).order_by(_REFUSED.c.hour, _REFUSED.c.user)

    def before(self, hour: datetime) -> list[RefusedInHour]:
        """Those of hours before this one, oldest first."""
        return self._all(self._BEFORE, hour=hour)

    def remove(self, user: str, hour: datetime) -> None:
        """Delete what was told of."""
        self._write(_REMOVE_REFUSED, {"of": user, "at": hour})


_REMOVE_HOLD = delete(_HOLD).where(_HOLD.c.environment == bindparam("environment"), _HOLD.c.kind == bindparam("kind"))


class HoldRows(Rows[Hold]):
    model, entity = tables.HoldRow, Hold

    def remove(self, environment: str, kind: str) -> None:
        """Delete a hold."""
        self._write(_REMOVE_HOLD, {"environment": environment, "kind": kind})


_LIVE = (_CARD.c.run_id == bindparam("run"), _CARD.c.state == "live")
_TOUCH_ALL = update(_CARD).where(*_LIVE).values(wanted=_CARD.c.wanted + 1).returning(_CARD.c.id)
_TOUCH = _TOUCH_ALL.where(_CARD.c.page == bindparam("of_page"))
_SHOWABLE = (_CARD.c.wanted > _CARD.c.shown, _CARD.c.state == "live", _CARD.c.channel.is_not(None))
_FREE = _CARD.c.held_until.is_(None) | (_CARD.c.held_until <= bindparam("now"))
_DIRTY = select(_CARD.c.id).where(*_SHOWABLE, _FREE)


class CardRows(Rows[Card]):
    model, entity = tables.CardRow, Card

    def __init__(self, connection: Connection, mask: Mask, wake: WakeUp, now: datetime) -> None:
        super().__init__(connection, mask)
        self._wake, self._now = wake, now

    def touch(self, run_id: int, page: str | None = None) -> None:
        which = {"run": run_id, "of_page": page} if page else {"run": run_id}
        for card_id in sorted(self._write(_TOUCH if page else _TOUCH_ALL, which).scalars()):
            self._wake("card", card_id)

    def dirty(self) -> list[int]:
        """Ids of live cards that Slack shows in an older state."""
        return self._scalars(_DIRTY, now=self._now)

    def release(self, **which: Any) -> None:
        for card in self.find(state="live", **which):
            if card.held_since:
                self.save(card, held_since=None, held_until=None)
                self._wake("card", card.id)


_OF_TARGET = (_EFFECT.c.target == bindparam("of_target"), _LEFT)
_NEXT = statements(tables.EffectRow, Effect).select.where(*_OF_TARGET).order_by(_EFFECT.c.seq).limit(1)
_TARGETS = select(_EFFECT.c.target).where(_LEFT, _EFFECT.c.due_at <= bindparam("now")).distinct()
_FOLLOWERS = select(_EFFECT.c.target).where(_EFFECT.c.after == bindparam("seq")).distinct()
_FORGET = delete(_EFFECT).where(_EFFECT.c.state == "done", _EFFECT.c.created_at < bindparam("before"))
_WAITING = select(func.count(), func.min(_EFFECT.c.created_at)).where(_EFFECT.c.state.in_(("pending", "sending")))
_HELD = update(_EFFECT).where(_EFFECT.c.state == "held").values(due_at=bindparam("now")).returning(_EFFECT.c.target)
_HELD_THERE = _HELD.where(_EFFECT.c.target == bindparam("of_target"))


class EffectRows(Rows[Effect]):
    model, entity = tables.EffectRow, Effect

    def __init__(self, connection: Connection, mask: Mask, wake: WakeUp, now: datetime) -> None:
        super().__init__(connection, mask)
        self._wake, self._now = wake, now

    def plan(self, kind: str, target: str, payload: dict[str, Any], **options: Any) -> Effect:
        effect = self.add(
            Effect(0, uuid.uuid4().hex, kind, target, payload, created_at=self._now, due_at=self._now, **options)
        )
        self._write(_HELD_THERE, {"now": self._now, "of_target": target})
        self._wake("target", target)
        return effect

    def release(self) -> None:
        for target in set(self._write(_HELD, {"now": self._now}).scalars()):
            self._wake("target", target)

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


_CANCEL_ALL = update(_TIMER).where(_TIMER.c.run_id == bindparam("run"), _PENDING).values(state="cancelled")
_CANCEL = _CANCEL_ALL.where(_TIMER.c.kind.in_(bindparam("kinds", expanding=True)))
_DUE = (
    statements(tables.TimerRow, Timer)
    .select.where(_PENDING, _TIMER.c.due_at <= bindparam("now"))
    .order_by(_TIMER.c.due_at, _TIMER.c.id)
)
_NEXT_DUE = select(func.min(_TIMER.c.due_at)).where(_PENDING)


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
        which = {"run": run_id, "kinds": kinds} if kinds else {"run": run_id}
        return self._write(_CANCEL if kinds else _CANCEL_ALL, which).rowcount

    def due(self, now: datetime) -> list[Timer]:
        return self._all(_DUE, now=now)

    def next_due(self) -> datetime | None:
        return self._connection.execute(_NEXT_DUE).scalar()
