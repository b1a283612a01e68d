"""Procedures that an item starts: runs of their own, whose outcome ticks it."""

from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.kind import Asked, kind_of
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import create_run, show_cards
from bot.text import say


def start_from_step(domain: Domain, tx: Tx, actor: Actor, run: Run, step_id: str) -> Run:
    """Start the procedure that a step names; the step is ticked by its outcome."""
    record = tx.steps.get(run.id, step_id)
    assert record
    if record.state is StepState.STARTED:
        raise Refusal(say("It was already started; see its own card."))
    step = domain.procedure_of(tx, run).step(step_id)
    assert step.started_procedure
    own = domain.runbook_of(tx, run).procedure(step.started_procedure)
    cards = tx.cards.find(run_id=run.id, limit=1)
    place = run.channel or (cards[0].channel if cards else None) or actor.user
    asked = Asked(place, (run.id, step_id), run.drill)
    started = _start(domain, tx, actor, (own, run.runbook_version), asked)
    began(tx, actor, run, step, started)
    return started


def began(tx: Tx, actor: Actor, run: Run, step: AnyStep, started: Run) -> None:
    """Write that a step's procedure was started, whose outcome it waits for."""
    record = tx.steps.get(run.id, step.id)
    assert record
    tx.steps.save(record, state=StepState.STARTED, started_at=tx.now, attempt=record.attempt + 1)
    tx.timeline.record("procedure.started", actor, run.id, step=step.id, text=step.text, run=started.id)
    tx.cards.touch(run.id)


def _start(domain: Domain, tx: Tx, actor: Actor, own: tuple[Procedure, str], asked: Asked) -> Run:
    """`own`: the procedure as the run's runbook has it, and that runbook's version."""
    ask = kind_of(domain.kinds, own[0].kind).ask
    return ask(domain, tx, actor, asked) if ask else _start_checklist(domain, tx, actor, own, asked)


def _start_checklist(domain: Domain, tx: Tx, actor: Actor, own: tuple[Procedure, str], asked: Asked) -> Run:
    """A checklist as the runbook in force has it, or as the run's has it when that one knows it no more."""
    now = (each for each in domain.runbook.procedures if (each.id, each.kind) == (own[0].id, own[0].kind))
    procedure, version = next(((each, domain.loaded.version) for each in now), own)
    run = Run(
        0, procedure.id, kind_of(domain.kinds, procedure.kind), RunState.ACTIVE, "", procedure.title, actor.user,
        tx.now, started_at=tx.now, channel=asked.place, drill=asked.drill, parent_run=asked.parent[0],
        parent_step=asked.parent[1],
    )  # fmt: skip
    run = create_run(domain, tx, procedure, run, version=version)
    tx.timeline.record("run.started", actor, run.id, title=run.title)
    show_cards(tx, run, procedure, "main", channel=run.channel)
    return run
