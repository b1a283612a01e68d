"""Stopping a running run: what it started is called off with it, a running step is stopped or let finish, then it ends.

A request is never taken back once it is out: promote and rollback are let finish, and the run ends after them.
"""

from dataclasses import replace

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, require
from bot.ports import Tx
from bot.runs.inputs import Stop, Then
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import finish, records_of
from bot.text import say

AT_WORK = (RunState.WAITING, RunState.ACTIVE)


def stop(domain: Domain, tx: Tx, actor: Actor, run: Run) -> Run:
    """End an active run now when nothing of it is running, else as soon as that has ended."""
    call_off_children(domain, tx, actor, run)
    if not is_busy(tx, run):
        return finish(domain, tx, run, RunState.ABORTED, actor)
    return ask_to_stop(tx, actor, run)


def cancel(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    """Call a waiting run off, or abort a running one that stands still."""
    run = tx.runs.get(run_id)
    if run is None or run.state.ended:
        raise Refusal(say("Nothing was changed: it has already ended."))
    if run.kind.not_cancelled:
        raise Refusal(run.kind.not_cancelled())
    if actor.user != run.requested_by:
        require(actor, run.kind.cancel, domain.runbook, say("cancel this"))
    if run.state is RunState.WAITING:
        return finish(domain, tx, run, RunState.CANCELLED, actor)
    return stop(domain, tx, actor, run)


def end_stopped(domain: Domain, tx: Tx, run: Run) -> Run:
    """End a run that was asked to stop and has nothing running any more."""
    if run.kind.stopped:
        return run.kind.stopped(domain, tx, run)
    return finish(domain, tx, run, RunState.ABORTED, why=say("cancelled"))


def is_busy(tx: Tx, run: Run) -> bool:
    """Whether a step of the run is running."""
    return any(record.state is StepState.STARTED for record in records_of(tx, run.id).values())


def ask_to_stop(tx: Tx, actor: Actor, run: Run, event: str = "run.cancelled", then: Then | None = None) -> Run:
    """Write that the run is to end with the step that is running, and what comes then."""
    asked = run.inputs.stop or Stop(actor.user, tx.now.isoformat())
    stop = replace(asked, then=then or asked.then)
    run = tx.runs.save(run, inputs=replace(run.inputs, stop=stop))
    tx.timeline.record(event, actor, run.id, title=run.title)
    tx.cards.touch(run.id)
    tx.wake("run", run.id)
    return run


def call_off_children(domain: Domain, tx: Tx, actor: Actor, run: Run) -> None:
    """What a step of the run started must not keep it, and production with it, for ever."""
    for child in tx.runs.find(parent_run=run.id, state=AT_WORK):
        if child.state is RunState.WAITING:
            finish(domain, tx, child, RunState.CANCELLED, actor)
        else:
            stop(domain, tx, actor, child)
