"""What is asked for first at three in the morning, to be done once at start and taken back."""

from collections.abc import Callable
from contextlib import suppress
from itertools import chain

from bot.delivery import Delivered, claim, conclude
from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.declare import Declaration, declare
from bot.people import Actor
from bot.ports import Tx
from bot.runs.checklist import items
from bot.runs.checklist.items import StepRef
from bot.runs.engine import progress, settling
from bot.runs.outcome import Done

NOBODY = "warm-up"

Show = Callable[[Domain, Tx, Actor, int], object]


def warm_up(domain: Domain, tx: Tx, show: Show) -> None:
    """Declare an incident of the first severity, begin its steps, show it, tick an item and untick it."""
    actor = Actor(NOBODY, NOBODY, frozenset(chain.from_iterable(domain.runbook.permissions.values())))
    for severity in domain.runbook.severities[:1]:
        with suppress(Refusal):
            tx.claims.claim(NOBODY)
            incident = declare(domain, tx, actor, Declaration(severity.id, NOBODY, place=NOBODY))
            _deliver(domain, tx, f"run:{incident.run_id}:channel")
            tx.incidents.save(incident, channel=NOBODY)
            _work(domain, tx, incident.run_id)
            show(domain, tx, actor, incident.run_id)
            _click(domain, tx, actor, incident.run_id)


def _deliver(domain: Domain, tx: Tx, target: str) -> None:
    effect = claim(domain, tx, target)
    if effect:
        conclude(domain, tx, effect, Delivered())


def _work(domain: Domain, tx: Tx, run_id: int) -> None:
    """What the engine writes: it takes the run, begins what starts by itself, and settles it."""
    progress.take(domain, tx, run_id)
    run = tx.runs.get(run_id)
    assert run
    for task in progress.advance(domain, tx, run_id, run.token).tasks:
        settling.settle(domain, tx, run_id, run.token, task.record, Done())


def _click(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> None:
    """Tick the first open item, and untick it."""
    for record in [each for each in tx.steps.find(run_id=run_id, order="position") if not each.state.settled][:1]:
        ticked = items.tick(domain, tx, actor, StepRef(run_id, record.step_id, record.decision))
        items.untick(domain, tx, actor, StepRef(run_id, record.step_id, ticked.decision))
