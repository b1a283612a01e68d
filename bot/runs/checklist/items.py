"""What people do with the items of a run: tick, untick, skip, run, and answer what a failure asks."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, mention, require_one
from bot.ports import Tx
from bot.runbook.steps import AnyStep
from bot.runs.budgets import follow
from bot.runs.checklist.layout import pages_about
from bot.runs.events import ItemDecided
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.start import finish
from bot.text import say, shorten


@dataclass(frozen=True)
class StepRef:
    """What a button is about: a step, and the count of decisions that it was drawn at."""

    run_id: int
    step_id: str
    decision: int


@dataclass(frozen=True)
class GateRef:
    """What a gate's button is about."""

    gate_id: int


@dataclass(frozen=True)
class Item:
    """A step of a run, found."""

    run: Run
    step: AnyStep
    record: StepRecord
    pages: tuple[str, ...]


def find_item(domain: Domain, tx: Tx, run_id: int, step_id: str) -> Item:
    """The step of a run; a Refusal when there is no such thing (any more)."""
    run, record = tx.runs.get(run_id), tx.steps.get(run_id, step_id)
    if run is None or record is None:
        raise Refusal(say("This item no longer exists."))
    procedure = domain.procedure_of(tx, run)
    try:
        return Item(run, procedure.step(step_id), record, pages_about(procedure, run.targets, step_id))
    except KeyError as error:
        raise Refusal(say("This item belongs to an earlier checklist of this incident.")) from error


def may_work(domain: Domain, tx: Tx, actor: Actor, run: Run) -> None:
    """Raise a Refusal unless the actor may work on the run's items now, by the runbook in force."""
    require_one(actor, run.kind.work, domain.runbook, say("work on this checklist"))
    if why := closed_words(run):
        raise Refusal(why)


def closed_words(run: Run) -> str:
    """Why the items of a run cannot be changed any more; empty when they can."""
    if run.kind.closed:
        return run.kind.closed(run)
    if run.state not in (RunState.CANCELLED, RunState.ABORTED, RunState.FAILED):
        return ""
    return say("{title} has ended ({state}): its checklist is closed.", title=run.title, state=str(run.state))


def check_fresh(ref: StepRef, record: StepRecord) -> None:
    """Raise a Refusal when somebody decided about the item since the button was drawn."""
    if ref.decision == record.decision:
        return
    words = {StepState.DONE: say("ticked"), StepState.SKIPPED: say("skipped")}.get(record.state, say("changed"))
    by = " " + say("by {who}", who=mention(record.by)) if record.by else ""
    raise Refusal(say("Nothing was changed: this item was already {words}{by}.", words=words, by=by))


def tick(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> StepRecord:
    """A person says that the item is done."""
    item = _touchable(domain, tx, actor, ref)
    if item.record.state is StepState.DONE:
        raise Refusal(say("This item is already ticked."))
    _void_gates(tx, item, actor, "done")
    return _decide(domain, tx, item, actor, "step.ticked", state=StepState.DONE)


def untick(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> StepRecord:
    """A person says that the item is not done after all."""
    item = _touchable(domain, tx, actor, ref)
    if not item.record.state.settled:
        raise Refusal(say("This item is already open."))
    return _decide(domain, tx, item, actor, "step.unticked", state=StepState.OPEN, reason=None)


def skip(domain: Domain, tx: Tx, actor: Actor, ref: StepRef, reason: str) -> StepRecord:
    """A person says that the item is not needed, and why."""
    if not reason.strip():
        raise Refusal(say("A reason is required to skip this item: it is shown on the card and in the timeline."))
    item = _touchable(domain, tx, actor, ref)
    if item.record.state.settled:
        raise Refusal(say("This item is already done or skipped."))
    if item.record.state is StepState.STARTED and not item.run.kind.led:
        raise Refusal(say("Nothing was changed: this step is running. Wait until it has ended, or abort."))
    _void_gates(tx, item, actor, "skip")
    return _decide(
        domain, tx, item, actor, "step.skipped", state=StepState.SKIPPED, reason=shorten(reason.strip(), 500)
    )


def run_step(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> StepRecord:
    """A person presses Run (again): the engine takes it from there."""
    item = _touchable(domain, tx, actor, ref)
    if item.step.by_person or item.step.started_procedure:
        raise Refusal(say("NeonOps cannot run this item. Do it yourself, then tick it."))
    if item.record.state is StepState.STARTED or item.record.asked_by:
        raise Refusal(say("NeonOps is already running this."))
    if item.record.state.settled:
        raise Refusal(say("This item is already done or skipped; undo that first."))
    _void_gates(tx, item, actor, "retry")
    record = tx.steps.save(item.record, asked_by=actor.user, state=StepState.OPEN)
    tx.timeline.record("step.asked", actor, item.run.id, step=item.step.id, text=item.step.text)
    _changed(domain, tx, item)
    return record


def _touchable(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> Item:
    item = find_item(domain, tx, ref.run_id, ref.step_id)
    may_work(domain, tx, actor, item.run)
    check_fresh(ref, item.record)
    return item


def _decide(
    domain: Domain, tx: Tx, item: Item, actor: Actor, event: str, *, state: StepState, reason: str | None = None
) -> StepRecord:
    record = tx.steps.save(
        item.record,
        state=state,
        decision=item.record.decision + 1,
        by=actor.user,
        at=tx.now,
        reason=reason,
        asked_by=None,
    )
    tx.timeline.record(event, actor, item.run.id, step=item.step.id, text=item.step.text, reason=reason)
    domain.publish(tx, ItemDecided(item.run, item.step.id, actor))
    _changed(domain, tx, item)
    return record


def _changed(domain: Domain, tx: Tx, item: Item) -> None:
    follow(domain, tx, item.run)
    for page in item.pages:
        tx.cards.touch(item.run.id, page)
    tx.wake("run", item.run.id)


def _void_gates(tx: Tx, item: Item, actor: Actor, answer: str) -> None:
    for gate in tx.gates.find(run_id=item.run.id, step_id=item.step.id, state="open"):
        _close(tx, gate, actor, answer)


def _close(tx: Tx, gate: Gate, actor: Actor, answer: str) -> Gate:
    return tx.gates.save(gate, state="answered", answer=answer, answered_by=actor.user, answered_at=tx.now)


def answer_gate(domain: Domain, tx: Tx, actor: Actor, ref: GateRef, answer: str) -> None:
    """Answer what a failed or interrupted step asks: `retry`, `done`, `again`, `abort` (skip goes through `skip`)."""
    gate = tx.gates.get(ref.gate_id)
    if gate is None or gate.state != "open" or gate.kind is GateKind.START or gate.step_id is None:
        raise Refusal(say("Nothing was changed: this was already decided."))
    item = find_item(domain, tx, gate.run_id, gate.step_id)
    may_work(domain, tx, actor, item.run)
    step_ref = StepRef(gate.run_id, gate.step_id, item.record.decision)
    match answer:
        case "retry":
            run_step(domain, tx, actor, step_ref)
        case "done" if item.record.state is StepState.UNKNOWN and item.step.read_back:
            _claim(domain, tx, actor, item)
        case "done":
            tick(domain, tx, actor, step_ref)
        case "again":
            _ask_again(domain, tx, actor, item)
        case "abort":
            _close(tx, gate, actor, answer)
            finish(domain, tx, item.run, RunState.ABORTED, actor, why=item.record.found)
        case _:
            raise Refusal(say("Choose one of retry, done, again, abort."))


def _claim(domain: Domain, tx: Tx, actor: Actor, item: Item) -> None:
    """A person says that an interrupted step was done: NeonOps looks, and asks again when it cannot tell."""
    _void_gates(tx, item, actor, "done")
    tx.steps.save(item.record, asked_by=actor.user, decision=item.record.decision + 1)
    tx.timeline.record("step.claimed", actor, item.run.id, step=item.step.id, text=item.step.text)
    _changed(domain, tx, item)


def _ask_again(domain: Domain, tx: Tx, actor: Actor, item: Item) -> None:
    """After a job that moved no traffic: the request is made once more, then it is waited for anew."""
    moves = [step for _, step in domain.procedure_of(tx, item.run).steps()
             if step.moves_production and step.service == item.step.service]  # fmt: skip
    asked = next((record for step in moves if (record := tx.steps.get(item.run.id, step.id))), None)
    if not item.step.awaits_move or asked is None:
        raise Refusal(say("Only a step that waits for production to move can ask for it again."))
    _void_gates(tx, item, actor, "again")
    for record in (asked, item.record):
        tx.steps.save(record, state=StepState.OPEN, asked_by=actor.user, found=None, by=None, at=None,
                      decision=record.decision + 1)  # fmt: skip
    tx.timeline.record("step.asked", actor, item.run.id, step=asked.step_id,
                       text=domain.procedure_of(tx, item.run).step(asked.step_id).text)  # fmt: skip
    _changed(domain, tx, item)
