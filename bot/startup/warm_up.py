"""What is asked for first at three in the morning, to be done once at start and taken back."""

from collections.abc import Callable
from contextlib import suppress
from itertools import chain

from bot.delivery import Delivered, claim, conclude
from bot.errors import Refusal
from bot.incidents.declare import Declaration, declare
from bot.office import Office
from bot.people import Actor
from bot.ports import Tx
from bot.runs.checklist import items
from bot.runs.checklist.items import StepRef
from bot.runs.engine import progress, settling
from bot.runs.outcome import Done

NOBODY = "warm-up"

Show = Callable[[Office, Tx, Actor, int], object]


def warm_up(office: Office, tx: Tx, show: Show) -> None:
    """Declare an incident of the first severity, begin its steps, show it, tick an item and untick it."""
    actor = Actor(NOBODY, NOBODY, frozenset(chain.from_iterable(office.runbook.permissions.values())))
    for severity in office.runbook.severities[:1]:
        with suppress(Refusal):
            tx.claims.claim(NOBODY)
            incident = declare(office, tx, actor, Declaration(severity.id, NOBODY, place=NOBODY))
            _deliver(office, tx, f"run:{incident.run_id}:channel")
            tx.incidents.save(incident, channel=NOBODY)
            _work(office, tx, incident.run_id)
            show(office, tx, actor, incident.run_id)
            _click(office, tx, actor, incident.run_id)


def _deliver(office: Office, tx: Tx, target: str) -> None:
    effect = claim(office, tx, target)
    if effect:
        conclude(office, tx, effect, Delivered())


def _work(office: Office, tx: Tx, run_id: int) -> None:
    """What the engine writes: it takes the run, begins what starts by itself, and settles it."""
    progress.take(office, tx, run_id)
    run = tx.runs.get(run_id)
    assert run
    for task in progress.advance(office, tx, run_id, run.token).tasks:
        settling.settle(office, tx, run_id, run.token, task.record, Done())


def _click(office: Office, tx: Tx, actor: Actor, run_id: int) -> None:
    """Tick the first open item, and untick it."""
    for record in [each for each in tx.steps.find(run_id=run_id, order="position") if not each.state.settled][:1]:
        ticked = items.tick(office, tx, actor, StepRef(run_id, record.step_id, record.decision))
        items.untick(office, tx, actor, StepRef(run_id, record.step_id, ticked.decision))
