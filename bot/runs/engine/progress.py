"""How the engine moves a run, one short transaction at a time, fenced by the run's token."""

from dataclasses import dataclass

import structlog

from bot.domain import Domain
from bot.effects import LEFT
from bot.people import ROBOT
from bot.ports import Tx
from bot.power.standing import lost
from bot.runbook.model import Phase, Procedure, Runbook
from bot.runbook.problems import RunbookError
from bot.runbook.steps import AnyStep, step_kinds
from bot.runs.engine.fencing import fenced
from bot.runs.events import StepStarted
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.plan import Execute, Finish, Rest, next_move
from bot.runs.start import finish, records_of, touch_step
from bot.runs.stopping import end_stopped
from bot.text import say

log = structlog.get_logger()


@dataclass(frozen=True)
class Task:
    """A step that the engine is to execute, its intent already written."""

    step: AnyStep
    record: StepRecord


@dataclass(frozen=True)
class Work:
    """What one look at a run asks the engine to do."""

    run: Run
    runbook: Runbook
    procedure: Procedure
    records: dict[str, StepRecord]
    tasks: tuple[Task, ...] = ()
    reconcile: tuple[Task, ...] = ()
    """What was interrupted, or a person says was done: looked up, never done again by itself."""
    last_look: bool = False
    """Everything is settled; before it ends, its kind looks once more."""


def take(domain: Domain, tx: Tx, run_id: int) -> Work:
    """Take the run: a new token, and what an earlier execution left started."""
    run = tx.runs.get(run_id)
    assert run, f"run {run_id} exists"
    run = tx.runs.save(run, token=run.token + 1)
    procedure = domain.procedure_of(tx, run)
    records = records_of(tx, run_id)
    left = [_left_behind(tx, run, phase, Task(step, record)) for phase, step, record in _started_in(procedure, records)]
    reconcile = tuple(task for task in left if task)
    return Work(run, domain.runbook_of(tx, run), procedure, records_of(tx, run_id), reconcile=reconcile)


def _started_in(procedure: Procedure, records: dict[str, StepRecord]) -> list[tuple[Phase, AnyStep, StepRecord]]:
    known = [(phase, step, records[step.id]) for phase, step in procedure.steps() if step.id in records]
    return [each for each in known if each[2].state is StepState.STARTED]


def _left_behind(tx: Tx, run: Run, phase: Phase, task: Task) -> Task | None:
    """A step found started by a later execution: reading ones run again, delivered ones go on, others are looked at."""
    if _goes_on(tx, run, task.step):
        return None
    if task.step.mutates:
        return task
    over = run.state.ended and phase.stage != "after"
    tx.steps.save(task.record, state=StepState.OPEN, asked_by=None if over else task.record.asked_by or ROBOT.user)
    tx.cards.touch(run.id)
    return None


def _goes_on(tx: Tx, run: Run, step: AnyStep) -> bool:
    """Whether a started step is not the engine's to end: another run ends it, or an effect that is being delivered."""
    if step.started_procedure:
        return True
    left = tx.effects.find(run_id=run.id, state=LEFT)
    return any(step.id in (effect.step_id, effect.payload.get("item")) for effect in left)


def advance(domain: Domain, tx: Tx, run_id: int, token: int) -> Work:
    """Write the intent of what comes next (`started`), or end the run; returns what to execute."""
    run = fenced(tx, run_id, token)
    procedure = domain.procedure_of(tx, run)
    records = records_of(tx, run_id)
    if run.inputs.stop and run.state is RunState.ACTIVE:
        return _cancelled(domain, tx, run, records)
    move = next_move(run, procedure, records)
    tasks: list[Task] = []
    if isinstance(move, Execute):
        wanted = [step for step in move.steps if not _dropped(domain, tx, run, step, records[step.id])]
        tasks = [task for step in wanted if (task := begin(domain, tx, run, step, records[step.id]))]
    look = run.kind.last_look
    last_look = isinstance(move, Finish) and look is not None and look.needed(run, procedure, records)
    if isinstance(move, Finish) and not last_look:
        run = finish(domain, tx, run, RunState.DONE)
    known = (run, domain.runbook_of(tx, run), procedure, records_of(tx, run_id))
    return Work(*known, tuple(tasks), _claimed(tx, procedure, records), last_look)


def _claimed(tx: Tx, procedure: Procedure, records: dict[str, StepRecord]) -> tuple[Task, ...]:
    """The steps that a person says were done, begun as something to look up."""
    return tuple(Task(step, tx.steps.save(records[step.id], state=StepState.STARTED, asked_by=None, found=None))
                 for step in claimed_steps(procedure, records))  # fmt: skip


def claimed_steps(procedure: Procedure, records: dict[str, StepRecord]) -> list[AnyStep]:
    """The interrupted steps of which a person says that they were done."""
    known = [(step, records[step.id]) for _, step in procedure.steps() if step.id in records]
    return [step for step, record in known if record.state is StepState.UNKNOWN and record.asked_by]


def _dropped(domain: Domain, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> bool:
    """Whether who asked for a step is gone before it began: what would change something waits for somebody else."""
    by = record.asked_by
    gone = lost(domain, tx, by, say("request this"), *run.kind.work) if by and step.mutates else ""
    if gone:
        tx.steps.save(record, asked_by=None)
        tx.timeline.record("step.dropped", ROBOT, run.id, step=step.id, text=step.text, user=by, why=gone)
        touch_step(tx, run, domain.procedure_of(tx, run), step.id)
    return bool(gone)


def _cancelled(domain: Domain, tx: Tx, run: Run, records: dict[str, StepRecord]) -> Work:
    """Nothing new begins; the run ends when what is running has ended."""
    if not any(record.state is StepState.STARTED for record in records.values()):
        end_stopped(domain, tx, run)
        run = tx.runs.get(run.id) or run
    return Work(run, domain.runbook_of(tx, run), domain.procedure_of(tx, run), records_of(tx, run.id))


def begin(domain: Domain, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> Task | None:
    """Write that a step has started. A step that is delivered (a channel, an alert) is planned as an effect instead."""
    started = tx.steps.save(
        record, state=StepState.STARTED, attempt=record.attempt + 1, started_at=tx.now, ended_at=None, found=None,
        output=None, asked_by=None,
    )  # fmt: skip
    tx.timeline.record("step.started", ROBOT, run.id, step=step.id, text=step.text, attempt=started.attempt)
    touch_step(tx, run, domain.procedure_of(tx, run), step.id)
    domain.publish(tx, StepStarted(run, step, started))
    kind = step_kinds()[step.kind]
    if kind.begin:
        kind.begin(domain, tx, run, started)
    return Task(step, started) if kind.run else None


def idle(domain: Domain, tx: Tx, run_id: int) -> bool:
    """Whether there is nothing for the engine to do: no step to begin, none left behind, no end to write."""
    run = tx.runs.get(run_id)
    if run is None:
        return True
    procedure = domain.procedure_of(tx, run)
    records = records_of(tx, run_id)
    if run.inputs.stop and run.state is RunState.ACTIVE:
        return False
    if claimed_steps(procedure, records):
        return False
    left = any(not _goes_on(tx, run, step) for _, step, _ in _started_in(procedure, records))
    return not left and isinstance(next_move(run, procedure, records), Rest)


def no_longer(domain: Domain, tx: Tx, run_id: int) -> str:
    """Why what two people agreed on is not begun; empty when it is."""
    run = tx.runs.get(run_id)
    assert run, "a step that is begun has its run"
    if run.kind.no_longer is None:
        return say("a restore needs two different people")
    return run.kind.no_longer(domain, tx, run)


def unfinished(domain: Domain, tx: Tx) -> list[int]:
    """Ids of the runs that wait for the engine: what a crash or a lost wake left, in runs that have ended too."""
    runs = [run.id for run in tx.runs.find(state=(RunState.WAITING, RunState.ACTIVE))]
    return [run_id for run_id in dict.fromkeys([*runs, *tx.steps.runs_at_work()]) if _waits(domain, tx, run_id)]


def _waits(domain: Domain, tx: Tx, run_id: int) -> bool:
    try:
        return not idle(domain, tx, run_id)
    except RunbookError as error:
        log.error("run.unreadable", run=run_id, why=error.sentence)
        return False
