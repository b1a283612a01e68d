"""Runs, their steps, gates and cards."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import Index, Row, select
from sqlmodel import Field, SQLModel

from bot.runs.kind import kind_of
from bot.runs.model import Gate, Run, StepRecord, StepState
from storage.columns import at_column, json_column, text_column
from storage.rows import Rows
from storage.statements import table_of


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
    created_at: datetime = at_column()
    environment: str | None = None
    targets: list[str] = json_column()
    inputs: dict[str, Any] = json_column()
    approved_by: str | None = None
    drill: bool = False
    channel: str | None = None
    parent_run: int | None = Field(default=None, foreign_key="run.id")
    parent_step: str | None = None
    started_at: datetime | None = at_column(nullable=True)
    ended_at: datetime | None = at_column(nullable=True)
    token: int = 0
    version: int = 0


class RunRows(Rows[Run]):
    model, entity = RunRow, Run

    def save(self, record: Run, **changes: Any) -> Run:
        saved = super().save(record, **changes)
        assert issubclass(saved.kind.inputs, type(saved.inputs)), (
            f"runs of kind {saved.kind.name} keep {saved.kind.inputs}"
        )
        return saved

    def _read(self, row: Row[Any]) -> Run:
        run = super()._read(row)
        kind = kind_of(self._scope.kinds, run.kind)
        return replace(run, kind=kind, inputs=kind.inputs.read(cast(dict[str, Any], run.inputs)))


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
    at: datetime | None = at_column(nullable=True)
    reason: str | None = text_column()
    found: str | None = text_column()
    detail: dict[str, Any] = json_column()
    output: str | None = None
    started_at: datetime | None = at_column(nullable=True)
    ended_at: datetime | None = at_column(nullable=True)


_STEP = table_of(StepRow)
_AT_WORK = (_STEP.c.state == StepState.STARTED.value) | _STEP.c.asked_by.is_not(None)
_RUNS_AT_WORK = select(_STEP.c.run_id).where(_AT_WORK).distinct()


class StepRows(Rows[StepRecord]):
    model, entity = StepRow, StepRecord

    def runs_at_work(self) -> list[int]:
        """Ids of the runs with a step that is started or asked for."""
        return self._scalars(_RUNS_AT_WORK)


class GateRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "gate"
    __table_args__ = (Index("ix_gate_run_state", "run_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    kind: str
    asked_at: datetime = at_column()
    step_id: str | None = None
    state: str = "open"
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = at_column(nullable=True)


class GateRows(Rows[Gate]):
    model, entity = GateRow, Gate
