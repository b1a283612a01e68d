"""How the engine moves a run, one short transaction at a time, fenced by the run's token."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.alerts.calling import being_called, call_roles
from bot.alerts.model import Call
from bot.backups.keep import keep
from bot.deploys.back import end_stopped
from bot.deploys.decide import plan_comparing
from bot.effects import FIRST, LEFT
from bot.errors import Refusal
from bot.office import Office
from bot.people import ROBOT
from bot.ports import Tx
from bot.production.periods import wanted_of, went_live
from bot.runbook.model import Phase, Procedure, Runbook
from bot.runbook.problems import RunbookError
from bot.runbook.steps import AnyStep, ChannelCreate, Notify, StartProcedure, VercelList, VercelWaitAlias
from bot.runs.budgets import follow
from bot.runs.items import permission_of
from bot.runs.layout import phases_of
from bot.runs.log import show_tail
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.outcome import Done, Failed, Outcome, Undecided, Unknown
from bot.runs.plan import Execute, Finish, Rest, next_move
from bot.runs.start import finish, records_of, touch_step
from bot.standing import lost
from bot.text import say, shorten

log = structlog.get_logger()

FOUND_LIMIT = 1500
"""Characters of what a step found that are kept for the card; the whole is in the output file."""


class Fenced(Exception):
    """Another execution has taken the run over: stop."""


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
    """Everything is settled; before it ends, production is to be looked at."""


def take(office: Office, tx: Tx, run_id: int) -> Work:
    """Take the run: a new token, and what an earlier execution left started."""
    run = tx.runs.get(run_id)
    assert run, f"run {run_id} exists"
    run = tx.runs.save(run, token=run.token + 1)
    procedure = office.procedure_of(tx, run)
    records = records_of(tx, run_id)
    left = [_left_behind(tx, run, phase, Task(step, record)) for phase, step, record in _started_in(procedure, records)]
    reconcile = tuple(task for task in left if task)
    return Work(run, office.runbook_of(tx, run), procedure, records_of(tx, run_id), reconcile=reconcile)


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
    if isinstance(step, StartProcedure) or being_called(tx, run.id, step.id):
        return True
    return bool(tx.effects.find(run_id=run.id, step_id=step.id, state=LEFT, limit=1))


def advance(office: Office, tx: Tx, run_id: int, token: int) -> Work:
    """Write the intent of what comes next (`started`), or end the run; returns what to execute."""
    run = fenced(tx, run_id, token)
    procedure = office.procedure_of(tx, run)
    records = records_of(tx, run_id)
    if "cancel" in run.inputs and run.state is RunState.ACTIVE:
        return _cancelled(office, tx, run, records)
    move = next_move(run, procedure, records)
    tasks: list[Task] = []
    if isinstance(move, Execute):
        wanted = [step for step in move.steps if not _dropped(office, tx, run, step, records[step.id])]
        tasks = [task for step in wanted if (task := begin(office, tx, run, step, records[step.id]))]
    last_look = isinstance(move, Finish) and not run.drill and bool(wanted_of(run, procedure, records))
    if isinstance(move, Finish) and not last_look:
        run = finish(office, tx, run, RunState.DONE)
    known = (run, office.runbook_of(tx, run), procedure, records_of(tx, run_id))
    return Work(*known, tuple(tasks), _claimed(tx, procedure, records), last_look)


def _claimed(tx: Tx, procedure: Procedure, records: dict[str, StepRecord]) -> tuple[Task, ...]:
    """The steps that a person says were done, begun as something to look up."""
    return tuple(Task(step, tx.steps.save(records[step.id], state=StepState.STARTED, asked_by=None, found=None))
                 for step in claimed_steps(procedure, records))  # fmt: skip


def claimed_steps(procedure: Procedure, records: dict[str, StepRecord]) -> list[AnyStep]:
    """The interrupted steps of which a person says that they were done."""
    known = [(step, records[step.id]) for _, step in procedure.steps() if step.id in records]
    return [step for step, record in known if record.state is StepState.UNKNOWN and record.asked_by]


def _dropped(office: Office, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> bool:
    """Whether who asked for a step is gone before it began: what would change something waits for somebody else."""
    by = record.asked_by
    gone = lost(office, tx, by, say("ask for this"), permission_of(run), "respond") if by and step.mutates else ""
    if gone:
        tx.steps.save(record, asked_by=None)
        tx.timeline.record("step.dropped", ROBOT, run.id, step=step.id, text=step.text, user=by, why=gone)
        touch_step(tx, run, office.procedure_of(tx, run), step.id)
    return bool(gone)


def _cancelled(office: Office, tx: Tx, run: Run, records: dict[str, StepRecord]) -> Work:
    """Nothing new begins; the run ends when what is running has ended."""
    if not any(record.state is StepState.STARTED for record in records.values()):
        end_stopped(office, tx, run)
        run = tx.runs.get(run.id) or run
    return Work(run, office.runbook_of(tx, run), office.procedure_of(tx, run), records_of(tx, run.id))


def fenced(tx: Tx, run_id: int, token: int) -> Run:
    """The run, for the execution that holds it; raises Fenced for any other."""
    run = tx.runs.get(run_id)
    if run is None or run.token != token:
        raise Fenced(f"run {run_id} was taken over")
    return run


def begin(office: Office, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> Task | None:
    """Write that a step has started. A step that is delivered (a channel, an alert) is planned as an effect instead."""
    started = tx.steps.save(
        record, state=StepState.STARTED, attempt=record.attempt + 1, started_at=tx.now, ended_at=None, found=None,
        output=None, asked_by=None,
    )  # fmt: skip
    tx.timeline.record("step.started", ROBOT, run.id, step=step.id, text=step.text, attempt=started.attempt)
    touch_step(tx, run, office.procedure_of(tx, run), step.id)
    if isinstance(step, Notify):
        call_roles(office, tx, run, step.roles, Call(step.id, started.attempt, 0, step.message))
        return None
    if isinstance(step, ChannelCreate):
        _open_channel(office, tx, run, started)
        return None
    return None if isinstance(step, StartProcedure) else Task(step, started)


def _open_channel(office: Office, tx: Tx, run: Run, record: StepRecord) -> None:
    """The channel is there already, or making it is planned (once more)."""
    if run.channel:
        settle_record(office, tx, run, record, Done())
        return
    target = f"run:{run.id}:channel"
    tx.effects.plan("channel.create", target, {}, run_id=run.id, step_id=record.step_id, priority=FIRST)


def settle(office: Office, tx: Tx, run_id: int, token: int, tried: StepRecord, outcome: Outcome) -> None:
    """Write what came of an attempt, unless a person decided in between or a later attempt has begun."""
    run = fenced(tx, run_id, token)
    if record := _under_way(tx, run, tried):
        settle_record(office, tx, run, record, outcome)


def _under_way(tx: Tx, run: Run, tried: StepRecord) -> StepRecord | None:
    """The record of an attempt that goes on; None when a person decided in between, or a later attempt has begun."""
    record = tx.steps.get(run.id, tried.step_id)
    goes_on = record is not None and record.state is StepState.STARTED and record.attempt == tried.attempt
    return record if goes_on else None


def keep_intent(
    office: Office, tx: Tx, run_id: int, token: int, tried: StepRecord, detail: Mapping[str, object]
) -> None:
    """Write what an attempt is about to ask for, before it asks.

    Raises:
        Fenced: another execution has the run.
        Refusal: a person has decided about the step meanwhile.
    """
    record = _under_way(tx, fenced(tx, run_id, token), tried)
    if record is None:
        raise Refusal(say("Somebody decided about this step meanwhile, so nothing was asked for."))
    tx.steps.save(record, detail={**record.detail, **detail})


def settle_record(office: Office, tx: Tx, run: Run, record: StepRecord, outcome: Outcome) -> None:
    """Write an outcome onto a started step: done, left to a person, failed, or unknown."""
    procedure = office.procedure_of(tx, run)
    step = next((step for _, step in procedure.steps() if step.id == record.step_id), None)
    if step is None:
        _settle_left_out(tx, record, outcome)
        return
    record = tx.steps.save(
        record,
        found=shorten(outcome.found, FOUND_LIMIT) or None,
        detail={**record.detail, **outcome.detail},
        output=outcome.output,
        ended_at=tx.now,
    )
    match outcome:
        case Done():
            keep(tx, record)
            _seen_live(tx, run, procedure, step, record)
            _done(tx, run, step, record)
        case Failed():
            _failed(office, tx, run, step, record)
        case Unknown():
            _unknown(tx, run, record)
        case Undecided():
            tx.steps.save(record, state=StepState.OPEN if step.required else StepState.FAILED)
    said = {"step": step.id, "text": step.text, "found": record.found, "attempt": record.attempt}
    tx.timeline.record(_EVENTS[type(outcome)], ROBOT, run.id, **said)
    if isinstance(outcome, Failed | Unknown):
        show_tail(tx, run, procedure, step, record)
    touch_step(tx, run, procedure, step.id)
    if run.kind == "rollback" and isinstance(step, VercelList):
        plan_comparing(tx, run)
    follow(office, tx, run)
    tx.wake("run", run.id)


def _seen_live(tx: Tx, run: Run, procedure: Procedure, step: AnyStep, record: StepRecord) -> None:
    """A step that waits for production has seen it: from now on that is a fact, whatever becomes of the run."""
    deployment = record.detail.get("deployment")
    if not isinstance(step, VercelWaitAlias) or deployment is None:
        return
    wanted = wanted_of(run, procedure, records_of(tx, run.id)).get(step.service)
    if wanted and wanted.deployment == deployment:
        went_live(tx, run, wanted, record.detail.get("how", "production"))


_EVENTS = {Done: "step.done", Failed: "step.failed", Unknown: "step.unknown", Undecided: "step.left"}


def _settle_left_out(tx: Tx, record: StepRecord, outcome: Outcome) -> None:
    """The severity changed meanwhile, and the new checklist does not have this step: its record ends with it."""
    state = StepState.DONE if isinstance(outcome, Done) else StepState.FAILED
    tx.steps.save(record, state=state, ended_at=tx.now, found=shorten(outcome.found, FOUND_LIMIT) or None)


def _done(tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> None:
    if step.ticked_by == "person":
        tx.steps.save(record, state=StepState.OPEN)
        return
    tx.steps.save(record, state=StepState.DONE, by=ROBOT.user, at=tx.now, decision=record.decision + 1)


def _failed(office: Office, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> None:
    if record.attempt < step.retry.attempts:
        tx.steps.save(record, state=StepState.OPEN, found=None, asked_by=ROBOT.user)
        return
    tx.steps.save(record, state=StepState.FAILED)
    if step.required and _on_live_card(office.procedure_of(tx, run), run, step):
        _ask(tx, run, step.id, GateKind.FAILED)
        _set_policy(office, tx, run)


def fail_again(office: Office, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> None:
    """A step that was done is not any more, as `record` says: a person is asked what now."""
    changed = tx.steps.save(record, state=StepState.FAILED, found=record.found, detail=record.detail, by=None, at=None,
                            decision=record.decision + 1)  # fmt: skip
    said = {"step": step.id, "text": step.text, "found": changed.found, "attempt": changed.attempt}
    tx.timeline.record("step.failed", ROBOT, run.id, **said)
    _ask(tx, run, step.id, GateKind.FAILED)
    touch_step(tx, run, office.procedure_of(tx, run), step.id)
    tx.cards.touch(run.id)


def _set_policy(office: Office, tx: Tx, run: Run) -> None:
    """A failed deploy is rolled back by itself when the runbook says so, unless somebody decides first."""
    after = office.runbook_of(tx, run).deploys.rollback_after
    if run.kind == "deploy" and after is not None:
        tx.timers.set("rollback", "rollback", tx.now + after, run.id)


def _on_live_card(procedure: Procedure, run: Run, step: AnyStep) -> bool:
    """Whether the step's stage has a sequence: its card shows one decision at a time, so that a failure has to ask."""
    stage = next(phase.stage for phase, each in procedure.steps() if each.id == step.id)
    return any(phase.mode == "sequence" for phase in phases_of(procedure, stage, run.targets))


def _unknown(tx: Tx, run: Run, record: StepRecord) -> None:
    tx.steps.save(record, state=StepState.UNKNOWN)
    _ask(tx, run, record.step_id, GateKind.INTERRUPTED)


def _ask(tx: Tx, run: Run, step_id: str, kind: GateKind) -> None:
    if run.state in (RunState.CANCELLED, RunState.ABORTED, RunState.FAILED):
        return
    if not tx.gates.find(run_id=run.id, step_id=step_id, state="open"):
        tx.gates.add(Gate(0, run.id, kind, tx.now, step_id))
        tx.timeline.record("gate.opened", ROBOT, run.id, step=step_id, asks=str(kind))


def interrupted(step: AnyStep) -> Unknown:
    """The outcome of a step that was interrupted while it acted, when nothing outside settles what happened."""
    return Unknown(say("NeonOps was interrupted while it did this. Look whether it happened, then choose."))


def delivered(office: Office, tx: Tx, run_id: int, step_id: str, outcome: Outcome) -> None:
    """The outcome of a step that was planned as an effect."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.state is StepState.STARTED:
        settle_record(office, tx, run, record, outcome)


def waits(office: Office, tx: Tx, run_id: int, step_id: str, why: str) -> None:
    """The effect that is to settle a step is held: the step says what it waits for."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.state is StepState.STARTED:
        found_more(office, tx, run_id, step_id, why)


def found_more(office: Office, tx: Tx, run_id: int, step_id: str, found: str) -> None:
    """What is known of a step has changed; what is decided about it has not."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.found != found and (record.found or record.state is not StepState.OPEN):
        tx.steps.save(record, found=shorten(found, FOUND_LIMIT))
        touch_step(tx, run, office.procedure_of(tx, run), step_id)


def redeliver(tx: Tx, run_id: int, step_id: str) -> None:
    """The delivery that failed a step is tried again: the step waits for it, and nobody is asked any more."""
    record = tx.steps.get(run_id, step_id)
    if record is None or record.state is not StepState.FAILED:
        return
    tx.steps.save(record, state=StepState.STARTED, started_at=tx.now, ended_at=None, found=None)
    for gate in tx.gates.find(run_id=run_id, step_id=step_id, state="open"):
        tx.gates.save(gate, state="void")


def idle(office: Office, tx: Tx, run_id: int) -> bool:
    """Whether there is nothing for the engine to do: no step to begin, none left behind, no end to write."""
    run = tx.runs.get(run_id)
    if run is None:
        return True
    procedure = office.procedure_of(tx, run)
    records = records_of(tx, run_id)
    if "cancel" in run.inputs and run.state is RunState.ACTIVE:
        return False
    if claimed_steps(procedure, records):
        return False
    left = any(not _goes_on(tx, run, step) for _, step, _ in _started_in(procedure, records))
    return not left and isinstance(next_move(run, procedure, records), Rest)


def unfinished(office: Office, tx: Tx) -> list[int]:
    """Ids of the runs that wait for the engine: what a crash or a lost wake left, in runs that have ended too."""
    runs = [run.id for run in tx.runs.find(state=(RunState.WAITING, RunState.ACTIVE))]
    return [run_id for run_id in dict.fromkeys([*runs, *tx.steps.runs_at_work()]) if _waits(office, tx, run_id)]


def _waits(office: Office, tx: Tx, run_id: int) -> bool:
    try:
        return not idle(office, tx, run_id)
    except RunbookError as error:
        log.error("run.unreadable", run=run_id, why=error.sentence)
        return False


def rehearsed(step: AnyStep) -> Done:
    """The outcome of a changing step in a drill: nothing outside was touched."""
    return Done(say("Drill: not done for real."))
