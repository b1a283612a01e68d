"""Runs, their steps, gates and cards, as frozen records: what the database holds and the engine reads."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.runs.inputs import Inputs
from bot.runs.kind import Kind


class RunState(StrEnum):
    """Where a run stands. `waiting` holds no environment: its first checklist and its start gate are open."""

    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self not in (RunState.WAITING, RunState.ACTIVE)


class StepState(StrEnum):
    """Where a step stands. `unknown` = interrupted while it acted, and nobody can say whether it acted."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"

    @property
    def settled(self) -> bool:
        """Whether the run may go on past it."""
        return self in (StepState.DONE, StepState.SKIPPED)


@dataclass(frozen=True)
class Run:
    """One live execution of a procedure at one version of the runbook."""

    id: int
    procedure: str
    kind: Kind
    state: RunState
    runbook_version: str
    title: str
    requested_by: str
    created_at: datetime
    environment: str | None = None
    targets: tuple[str, ...] = ()
    inputs: Inputs = field(default_factory=Inputs)
    approved_by: str | None = None
    drill: bool = False
    channel: str | None = None
    parent_run: int | None = None
    parent_step: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    token: int = 0
    version: int = 0


@dataclass(frozen=True)
class StepRecord:
    """What is known of one step of a run.

    `decision` counts the decisions about it (tick, untick, skip): a button carries the count that it was drawn at.
    `attempt` counts executions by the bot; `asked_by` has pressed Run and waits for one. `found` is what the bot saw.
    """

    run_id: int
    step_id: str
    phase_id: str
    position: int
    state: StepState = StepState.OPEN
    decision: int = 0
    attempt: int = 0
    asked_by: str | None = None
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None
    found: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    output: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def evolve(self, **changes: Any) -> Self:
        """The record with these changes."""
        return replace(self, **changes)


class GateKind(StrEnum):
    """What is asked: may it start, what about a failure, what about an interruption."""

    START = "start"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Gate:
    """A decision that somebody must take; the first answer wins."""

    id: int
    run_id: int
    kind: GateKind
    asked_at: datetime
    step_id: str | None = None
    state: str = "open"  # open | answered | void
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Card:
    """A Slack message that shows a page of a run: posted once, then edited in place.

    `wanted` counts changes to what it shows; `shown` is the count that Slack has. `op_id` finds a post whose answer
    was lost. While it is held (Slack refuses it, and that passes) it is tried again at `held_until`, and whenever it
    changes.
    """

    id: int
    run_id: int
    page: str
    op_id: str
    channel: str | None = None
    ts: str | None = None
    wanted: int = 1
    shown: int = 0
    state: str = "live"  # live | retired
    attempts: int = 0
    error: str | None = None
    held_since: datetime | None = None
    held_until: datetime | None = None
