"""Deploys and rollbacks that wait: what stands in their way is looked at again when something changes."""

from bot.effects import FIRST
from bot.ports import Tx
from bot.runs.model import Run, RunState


def plan_look(tx: Tx, run: Run) -> None:
    """Have the outside asked for the card, before anybody approves."""
    tx.effects.plan("deploy.look", f"run:{run.id}:gates", {}, run_id=run.id, priority=FIRST)


def look_again(tx: Tx) -> None:
    """Have the gates of all that waits drawn anew. Nothing starts by it: a person does that."""
    for run in tx.runs.find(kind="deploy", state=RunState.WAITING):
        plan_look(tx, run)
    for run in tx.runs.find(kind="rollback", state=RunState.WAITING):
        tx.cards.touch(run.id)
