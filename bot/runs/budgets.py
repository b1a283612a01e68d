"""Budgets of phases: the time that a phase of a sequence may take, counted from its first step."""

from datetime import datetime
from typing import Any

from bot.domain import Domain
from bot.effects import Timer
from bot.ports import Tx
from bot.runbook.model import Phase, Procedure
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.plan import at_work

KIND = "budget"


def follow(domain: Domain, tx: Tx, run: Run) -> None:
    """Have one clock run: that of the phase at work. It is set once a phase, and cancelled when the phase is over."""
    procedure = domain.procedure_of(tx, run)
    if run.state is not RunState.ACTIVE or not any(phase.budget for phase in procedure.phases):
        return
    records = _records(tx, run)
    found = at_work(run, procedure, records)
    phase = found[0] if found else None
    timers = tx.timers.find(run_id=run.id, kind=KIND)
    if any(timer.state == "pending" and (phase is None or timer.key != phase.id) for timer in timers):
        tx.timers.cancel(run.id, KIND)
    if phase and phase.budget and not any(_counts(timer, phase) for timer in timers):
        began = min((each.started_at for each in _of(phase, records) if each.started_at), default=tx.now)
        tx.timers.set(KIND, phase.id, began + phase.budget, run.id)


def _counts(timer: Timer, phase: Phase) -> bool:
    """Whether the clock of this phase runs, or has run out and was told."""
    return timer.key == phase.id and timer.state in ("pending", "fired")


def _of(phase: Phase, records: dict[str, StepRecord]) -> list[StepRecord]:
    return [record for record in records.values() if record.phase_id == phase.id]


def _records(tx: Tx, run: Run) -> dict[str, StepRecord]:
    return {record.step_id: record for record in tx.steps.find(run_id=run.id, order="position")}


def began(tx: Tx, run: Run, procedure: Procedure) -> dict[str, datetime]:
    """Phase -> when it was begun, of those with a budget: a step that is tried again does not begin its phase anew."""
    budgets = {phase.id: phase.budget for phase in procedure.phases if phase.budget}
    timers = tx.timers.find(run_id=run.id, kind=KIND, order="-due_at")
    return {timer.key: timer.due_at - budgets[timer.key] for timer in timers if timer.key in budgets}


def overrun(domain: Domain, tx: Tx, timer: Timer) -> dict[str, Any] | None:
    """What to say of a phase whose time is over; None when it is over itself, or the run is."""
    run = tx.runs.get(timer.of_run)
    if run is None or run.state is not RunState.ACTIVE:
        return None
    records = _records(tx, run)
    found = at_work(run, domain.procedure_of(tx, run), records)
    if found is None or found[0].id != timer.key:
        return None
    phase, step = found
    planned = phase.budget.total_seconds() if phase.budget else 0.0
    gate = tx.gates.find(run_id=run.id, step_id=step.id, state="open", limit=1)
    runs = records[step.id].state is StepState.STARTED
    doing = "asks" if gate else "runs" if runs else "waits"
    return {"phase": phase.title, "budget": planned, "step": step.text, "doing": doing}
