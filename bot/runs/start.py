"""Starting and ending runs: the rows that a run is made of."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runs.budgets import follow
from bot.runs.checklist.counting import open_items
from bot.runs.checklist.layout import Page, pages, pages_about, phases_of, steps_of
from bot.runs.events import RunEnded
from bot.runs.inputs import Ended
from bot.runs.model import Card, Run, RunState, StepRecord, StepState
from bot.text import say


def create_run(domain: Domain, tx: Tx, procedure: Procedure, draft: Run, *, version: str | None = None) -> Run:
    """Insert a run with its step rows; `draft` has everything but the id and the runbook's version.

    `version`: that of an archived runbook which has the procedure, when the one in force does not have it any more.
    """
    tx.runbooks.keep(domain.loaded.version, domain.loaded.text, str(domain.loaded.source))
    run = tx.runs.add(_with_version(draft, version or domain.loaded.version))
    tx.steps.add_all(fresh_records(run, procedure))
    tx.wake("run", run.id)
    return run


def _with_version(draft: Run, version: str) -> Run:
    return Run(**{**vars(draft), "runbook_version": version})


def fresh_records(run: Run, procedure: Procedure) -> list[StepRecord]:
    """A step row for every step that applies to the run, all open."""
    stages = (phase for stage in ("before", "main", "after") for phase in phases_of(procedure, stage, run.targets))
    found = [(phase, step) for phase in stages for step in steps_of(phase, run.targets)]
    return [StepRecord(run.id, step.id, phase.id, position) for position, (phase, step) in enumerate(found)]


def show_cards(tx: Tx, run: Run, procedure: Procedure, *stages: str, channel: str | None) -> list[Card]:
    """Insert the cards of these stages, unless they are there; they are posted once `channel` is known."""
    there = {card.page for card in tx.cards.find(run_id=run.id)}
    shown = [page for page in pages(procedure, run.targets) if page.stage in stages and page.key not in there]
    cards = [_card(tx, run, page, channel) for page in shown]
    for card in cards:
        tx.wake("card", card.id)
    return cards


def _card(tx: Tx, run: Run, page: Page, channel: str | None) -> Card:
    return tx.cards.add(Card(0, run.id, page.key, uuid.uuid4().hex, channel))


def touch_step(tx: Tx, run: Run, procedure: Procedure, step_id: str) -> None:
    """Have the cards on which a step's state shows drawn anew."""
    for page in pages_about(procedure, run.targets, step_id):
        tx.cards.touch(run.id, page)


def activate(domain: Domain, tx: Tx, run: Run, actor: Actor, **changes: Any) -> Run:
    """Take the environment and start the main stage.

    Raises:
        Refusal: another run holds the environment.
    """
    if run.environment:
        _take_environment(tx, run, run.environment)
    tx.timers.cancel(run.id, "request", "approval")
    started = tx.runs.save(run, state=RunState.ACTIVE, started_at=tx.now, **changes)
    tx.timeline.record("run.started", actor, run.id, title=run.title)
    show_cards(tx, started, domain.procedure_of(tx, run), "main", channel=run.channel)
    follow(domain, tx, started)
    tx.cards.touch(run.id)
    tx.wake("run", run.id)
    return started


def _take_environment(tx: Tx, run: Run, environment: str) -> None:
    holder = tx.locks.take(environment, run.id)
    if holder == run.id:
        return
    other = tx.runs.get(holder)
    assert other
    sentence = say(
        "{environment} is in use by run {id} ({title}). Wait until it ends, or cancel it first.",
        environment=environment.capitalize(),
        id=other.id,
        title=other.title,
    )
    raise Refusal(sentence)


def finish(domain: Domain, tx: Tx, run: Run, state: RunState, actor: Actor = ROBOT, *, why: str | None = None) -> Run:
    """End a run: its environment is free, its gates are void, the step that started it learns the outcome."""
    how = None if state is RunState.DONE else Ended(actor.user, why or "")
    ended = tx.runs.save(run, state=state, ended_at=tx.now, inputs=replace(run.inputs, ended=how))
    tx.locks.release(run.id)
    tx.timers.cancel(run.id)
    for gate in tx.gates.find(run_id=run.id, state="open"):
        tx.gates.save(gate, state="void")
    for record in records_of(tx, run.id).values():
        if record.asked_by:
            tx.steps.save(record, asked_by=None)
    tx.timeline.record("run.ended", actor, run.id, title=run.title, state=str(state), why=why)
    if state is RunState.DONE:
        show_cards(tx, ended, domain.procedure_of(tx, run), "after", channel=run.channel)
        tx.wake("run", run.id)
    tx.cards.touch(run.id)
    _tell_parent(domain, tx, ended)
    domain.publish(tx, RunEnded(ended))
    return ended


def _tell_parent(domain: Domain, tx: Tx, run: Run) -> None:
    record = tx.steps.get(run.parent_run, run.parent_step) if run.parent_run else None
    if record is None or record.state is not StepState.STARTED:
        return
    assert run.parent_run
    done = run.state is RunState.DONE
    outcome = say("{title}: {state}", title=run.title, state=str(run.state))
    state = StepState.DONE if done else StepState.FAILED
    tx.steps.save(
        record, state=state, by=ROBOT.user, at=tx.now, ended_at=tx.now, found=outcome, decision=record.decision + done
    )
    tx.timeline.record(
        "step.ticked" if done else "step.failed", ROBOT, run.parent_run, step=record.step_id, found=outcome, run=run.id
    )
    tx.cards.touch(run.parent_run)
    tx.wake("run", run.parent_run)


def records_of(tx: Tx, run_id: int) -> dict[str, StepRecord]:
    """The step rows of a run by step id, in order."""
    return {record.step_id: record for record in tx.steps.find(run_id=run_id, order="position")}


def open_required(procedure: Procedure, run: Run, records: dict[str, StepRecord], stage: str) -> Sequence[str]:
    """The texts of the stage's required steps that are neither done nor skipped."""
    return [step.text for step, _ in open_items(run, procedure, records, stage) if step.required]
