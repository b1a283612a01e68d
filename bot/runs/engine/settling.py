"""Writing what came of a step: done, failed, unknown, or left to a person who is asked."""

from collections.abc import Mapping

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import ROBOT
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.budgets import follow
from bot.runs.checklist.layout import phases_of
from bot.runs.engine.fencing import fenced
from bot.runs.events import StepSettled
from bot.runs.log import show_tail
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.outcome import Done, Failed, Outcome, Undecided, Unknown
from bot.runs.start import touch_step
from bot.text import say, shorten

FOUND_LIMIT = 1500
"""Characters of what a step found that are kept for the card; the whole is in the output file."""


def settle(domain: Domain, tx: Tx, run_id: int, token: int, tried: StepRecord, outcome: Outcome) -> None:
    """Write what came of an attempt, unless a person decided in between or a later attempt has begun."""
    run = fenced(tx, run_id, token)
    if record := _under_way(tx, run, tried):
        settle_record(domain, tx, run, record, outcome)


def _under_way(tx: Tx, run: Run, tried: StepRecord) -> StepRecord | None:
    """The record of an attempt that goes on; None when a person decided in between, or a later attempt has begun."""
    record = tx.steps.get(run.id, tried.step_id)
    goes_on = record is not None and record.state is StepState.STARTED and record.attempt == tried.attempt
    return record if goes_on else None


def keep_intent(
    domain: Domain, tx: Tx, run_id: int, token: int, tried: StepRecord, detail: Mapping[str, object]
) -> None:
    """Write what an attempt is about to ask for, before it asks.

    Raises:
        Fenced: another execution has the run.
        Refusal: a person has decided about the step meanwhile.
    """
    record = _under_way(tx, fenced(tx, run_id, token), tried)
    if record is None:
        raise Refusal(say("Somebody decided on this step in the meantime, so nothing was requested."))
    tx.steps.save(record, detail={**record.detail, **detail})


def settle_record(domain: Domain, tx: Tx, run: Run, record: StepRecord, outcome: Outcome) -> None:
    """Write an outcome onto a started step: done, left to a person, failed, or unknown."""
    procedure = domain.procedure_of(tx, run)
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
            _done(tx, run, step, record)
        case Failed():
            _failed(domain, tx, run, step, record)
        case Unknown():
            _unknown(tx, run, record)
        case Undecided():
            tx.steps.save(record, state=StepState.OPEN if step.required else StepState.FAILED)
    said = {"step": step.id, "text": step.text, "found": record.found, "attempt": record.attempt}
    tx.timeline.record(_EVENTS[type(outcome)], ROBOT, run.id, **said)
    if isinstance(outcome, Failed | Unknown):
        show_tail(tx, run, procedure, step, record)
    touch_step(tx, run, procedure, step.id)
    domain.publish(tx, StepSettled(run, procedure, step, tx.steps.get(run.id, step.id) or record, outcome))
    follow(domain, tx, run)
    tx.wake("run", run.id)


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


def _failed(domain: Domain, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> None:
    if record.attempt < step.retry.attempts:
        tx.steps.save(record, state=StepState.OPEN, found=None, asked_by=ROBOT.user)
        return
    tx.steps.save(record, state=StepState.FAILED)
    if step.required and _on_live_card(domain.procedure_of(tx, run), run, step):
        _ask(tx, run, step.id, GateKind.FAILED)


def fail_again(domain: Domain, tx: Tx, run: Run, step: AnyStep, record: StepRecord) -> None:
    """A step that was done is not any more, as `record` says: a person is asked what now."""
    changed = tx.steps.save(record, state=StepState.FAILED, found=record.found, detail=record.detail, by=None, at=None,
                            decision=record.decision + 1)  # fmt: skip
    said = {"step": step.id, "text": step.text, "found": changed.found, "attempt": changed.attempt}
    tx.timeline.record("step.failed", ROBOT, run.id, **said)
    _ask(tx, run, step.id, GateKind.FAILED)
    touch_step(tx, run, domain.procedure_of(tx, run), step.id)
    tx.cards.touch(run.id)


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


def interrupted() -> Unknown:
    """The outcome of a step that was interrupted while it acted, when nothing outside settles what happened."""
    return Unknown(say("NeonOps was interrupted during this step. Check whether it happened, then choose."))


def delivered(domain: Domain, tx: Tx, run_id: int, step_id: str, outcome: Outcome) -> None:
    """The outcome of a step that was planned as an effect."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.state is StepState.STARTED:
        settle_record(domain, tx, run, record, outcome)


def waits(domain: Domain, tx: Tx, run_id: int, step_id: str, why: str) -> None:
    """The effect that is to settle a step is held: the step says what it waits for."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.state is StepState.STARTED:
        found_more(domain, tx, run_id, step_id, why)


def found_more(domain: Domain, tx: Tx, run_id: int, step_id: str, found: str) -> None:
    """What is known of a step has changed; what is decided about it has not."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run and record and record.found != found and (record.found or record.state is not StepState.OPEN):
        tx.steps.save(record, found=shorten(found, FOUND_LIMIT))
        touch_step(tx, run, domain.procedure_of(tx, run), step_id)


def redeliver(tx: Tx, run_id: int, step_id: str) -> None:
    """The delivery that failed a step is tried again: the step waits for it, and nobody is asked any more."""
    record = tx.steps.get(run_id, step_id)
    if record is None or record.state is not StepState.FAILED:
        return
    tx.steps.save(record, state=StepState.STARTED, started_at=tx.now, ended_at=None, found=None)
    for gate in tx.gates.find(run_id=run_id, step_id=step_id, state="open"):
        tx.gates.save(gate, state="void")


def not_done() -> Done:
    """The outcome of a changing step in a drill: nothing outside was touched."""
    return Done(say("Drill: not done for real."))
