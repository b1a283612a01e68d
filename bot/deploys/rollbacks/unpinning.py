"""Undos and promotes of the newest that wait for a second person, as the runbook asks for rollbacks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.production.inputs.rollback import RollbackInputs
from bot.production.periods import live_now
from bot.runs.model import Run, RunState
from bot.text import say

LATER_RUNS = 200
"""How many of the newest runs are looked at for one that had production since."""


def check_alone(tx: Tx, about: RollbackInputs) -> None:
    """Raise a Refusal when the same (`undoes` or `promotes` this run) was asked for, and waits."""
    waiting = tx.runs.find(kind="rollback", state=RunState.WAITING)
    other = next((each for each in waiting if _marks(RollbackInputs.of(each)) == _marks(about)), None)
    if other:
        raise Refusal(say("Requested: run {id} waits for another person to confirm it.", id=other.id))


def _marks(about: RollbackInputs) -> tuple[int | None, int | None]:
    return about.undoes, about.promotes


def had_production_since(tx: Tx, at: datetime) -> Run | None:
    """The newest run that had production since then."""
    runs = tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=LATER_RUNS)
    return next((each for each in runs if each.started_at and (each.ended_at or tx.now) > at), None)


def record_undo(tx: Tx, actor: Actor, run: Run, returns: Sequence[Mapping[str, Any]]) -> None:
    """Write down that an undo begins, and what it makes live again, as its form named that."""
    tx.timeline.record("rollback.undone", actor, run.id, undoes=RollbackInputs.of(run).undoes, returns=list(returns))


def outdated(tx: Tx, run: Run) -> str:
    """Why what somebody asked for would do something else by now; empty when production stands as it did."""
    inputs = RollbackInputs.of(run)
    if not inputs.unpins:
        return ""
    if other := had_production_since(tx, run.created_at):
        return say("run {id} has run since it was requested", id=other.id)
    undone = tx.runs.get(inputs.undoes) if inputs.undoes else None
    if undone and not live_now(tx, undone):
        return say("what that rollback went back to is no longer live")
    return ""
