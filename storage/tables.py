"""The tables. Each has the fields of its record in `bot`, under the same names."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime


def _at(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=UtcDateTime, nullable=nullable)


def _json() -> Any:
    return Field(sa_type=JSON, nullable=False)


def _text() -> Any:
    return Field(default=None, sa_type=Text, nullable=True)


class RunbookRow(SQLModel, table=True):
    """Every version of the runbook that was ever loaded: a run finishes on the one that it started with."""

    __tablename__: ClassVar[str] = "runbook"
    version: str = Field(primary_key=True)
    source: str
    text: str = Field(sa_type=Text)
    loaded_at: datetime = _at()


class RunRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "run"
    __table_args__ = (
        Index("ix_run_state", "state"),
        Index("ix_run_kind_id", "kind", "id"),
        Index("ix_run_parent", "parent_run"),
    )
    id: int | None = Field(default=None, primary_key=True)
    procedure: str
    kind: str
    state: str
    runbook_version: str = Field(foreign_key="runbook.version")
    title: str
    requested_by: str
    created_at: datetime = _at()
    environment: str | None = None
    targets: list[str] = _json()
    inputs: dict[str, Any] = _json()
    approved_by: str | None = None
    drill: bool = False
    channel: str | None = None
    parent_run: int | None = Field(default=None, foreign_key="run.id")
    parent_step: str | None = None
    started_at: datetime | None = _at(nullable=True)
    ended_at: datetime | None = _at(nullable=True)
    token: int = 0
    version: int = 0


class StepRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "step"
    run_id: int = Field(primary_key=True, foreign_key="run.id")
    step_id: str = Field(primary_key=True)
    phase_id: str
    position: int
    state: str
    decision: int = 0
    attempt: int = 0
    asked_by: str | None = None
    by: str | None = None
    at: datetime | None = _at(nullable=True)
    reason: str | None = _text()
    found: str | None = _text()
    detail: dict[str, Any] = _json()
    output: str | None = None
    started_at: datetime | None = _at(nullable=True)
    ended_at: datetime | None = _at(nullable=True)


class GateRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "gate"
    __table_args__ = (Index("ix_gate_run_state", "run_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    kind: str
    asked_at: datetime = _at()
    step_id: str | None = None
    state: str = "open"
    deadline: datetime | None = _at(nullable=True)
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = _at(nullable=True)


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
    declared_at: datetime = _at()
    channel_name: str
    channel: str | None = None
    private: bool = False
    confidential: bool = False
    drill: bool = False
    roles: dict[str, str] = _json()
    members: list[str] = _json()
    responded_at: datetime | None = _at(nullable=True)
    resolved_at: datetime | None = _at(nullable=True)
    closed_at: datetime | None = _at(nullable=True)
    summary: str | None = _text()
    version: int = 0


class CardRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "card"
    __table_args__ = (
        UniqueConstraint("run_id", "page"),
        Index("ix_card_dirty", "state", sqlite_where=text("wanted > shown"), postgresql_where=text("wanted > shown")),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    page: str
    op_id: str
    channel: str | None = None
    ts: str | None = None
    wanted: int = 1
    shown: int = 0
    state: str = "live"
    attempts: int = 0
    error: str | None = _text()
    held_since: datetime | None = _at(nullable=True)
    held_until: datetime | None = _at(nullable=True)


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
    payload: dict[str, Any] = _json()
    created_at: datetime = _at()
    due_at: datetime = _at()
    run_id: int | None = Field(default=None, foreign_key="run.id")
    step_id: str | None = None
    after: int | None = None
    priority: int = 5
    state: str = "pending"
    attempts: int = 0
    tried_at: datetime | None = _at(nullable=True)
    error: str | None = _text()
    result: dict[str, Any] = _json()


class AlertRow(SQLModel, table=True):
    """Who was alerted or invited, one way each, and what came of it."""

    __tablename__: ClassVar[str] = "alert"
    __table_args__ = (Index("ix_alert_run_item", "run_id", "item"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    item: str
    step_attempt: int
    turn: int
    person: str
    way: str
    at: datetime = _at()
    state: str = "asked"
    how: str = Field(sa_type=Text)


class TimerRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "timer"
    __table_args__ = (UniqueConstraint("run_id", "kind", "key"), Index("ix_timer_state_due", "state", "due_at"))
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
    due_at: datetime = _at()
    run_id: int = Field(foreign_key="run.id")
    payload: dict[str, Any] = _json()
    state: str = "pending"
    fired_at: datetime | None = _at(nullable=True)


class EventRow(SQLModel, table=True):
    """The timeline. A trigger refuses UPDATE and DELETE."""

    __tablename__: ClassVar[str] = "event"
    __table_args__ = (Index("ix_event_run_seq", "run_id", "seq"),)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = _at()
    kind: str
    actor: str
    actor_name: str
    run_id: int | None = Field(default=None, foreign_key="run.id")
    data: dict[str, Any] = _json()
    previous: str
    hash: str


class ChainHeadRow(SQLModel, table=True):
    """Where the timeline ends: one row."""

    __tablename__: ClassVar[str] = "chain_head"
    id: int = Field(primary_key=True)
    seq: int
    hash: str


class DeliveryRow(SQLModel, table=True):
    """What Slack delivered and was acted on: the same delivery again does nothing."""

    __tablename__: ClassVar[str] = "delivery"
    identity: str = Field(sa_column=Column(String, primary_key=True))
    at: datetime = Field(sa_type=UtcDateTime, index=True, nullable=False)


class MemberRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "member"
    user: str = Field(primary_key=True)
    team: str
    name: str
    email: str | None = None
    guest: bool = False
    outsider: bool = False
    bot: bool = False
    deleted: bool = False
    home: bool = False


class HealthRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "health_result"
    __table_args__ = (Index("ix_health_check_at", "check_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _at()
    group: str
    check_id: str
    title: str
    state: str
    latency_ms: int | None = None
    reason: str | None = _text()
    run_id: int | None = Field(default=None, foreign_key="run.id")


class BackupRow(SQLModel, table=True):
    """Backups that were proven when they were taken."""

    __tablename__: ClassVar[str] = "backup"
    __table_args__ = (Index("ix_backup_state_taken", "state", "taken_at"), Index("ix_backup_path", "path"))
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    step_id: str
    kind: str
    taken_at: datetime = _at()
    expires_at: datetime = _at()
    path: str | None = None
    size: int = Field(default=0, sa_type=BigInteger)
    rows: dict[str, int] = _json()
    sha256: str | None = None
    state: str = "kept"


class LivePeriodRow(SQLModel, table=True):
    """What production was seen to be, and until when."""

    __tablename__: ClassVar[str] = "live_period"
    __table_args__ = (Index("ix_live_period_run", "run_id"), Index("ix_live_period_service_over", "service", "over_at"))
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    service: str
    deployment: str
    seen_at: datetime = _at()
    how: str
    moved: bool = True
    over_at: datetime | None = _at(nullable=True)
    followed_by: str | None = None
    ended_by: int | None = Field(default=None, foreign_key="run.id")


class HoldRow(SQLModel, table=True):
    """Locks and freezes that people put on an environment."""

    __tablename__: ClassVar[str] = "hold"
    environment: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    reason: str = Field(sa_type=Text)
    owner: str
    taken_at: datetime = _at()
    expires_at: datetime | None = _at(nullable=True)


class LockRow(SQLModel, table=True):
    """Which run holds an environment: one row an environment, so that the database refuses the second run."""

    __tablename__: ClassVar[str] = "environment_lock"
    environment: str = Field(primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    taken_at: datetime = _at()


class InForceRow(SQLModel, table=True):
    """What the team file and the runbook gave to whom when they were read last: one row."""

    __tablename__: ClassVar[str] = "in_force"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = _at()
    team_file: str
    runbook: str
    held: dict[str, Any] = _json()


class RefusedRow(SQLModel, table=True):
    """What was refused to a person in an hour, until it stands in the timeline."""

    __tablename__: ClassVar[str] = "refused"
    user: str = Field(primary_key=True)
    hour: datetime = Field(sa_type=UtcDateTime, primary_key=True, nullable=False)
    name: str
    count: int = 0
    told: int = 0
    deeds: dict[str, int] = _json()
