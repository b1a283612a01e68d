"""Whose things are done first when Slack allows only so many: role holders' before others', then the graver ones'."""

from dataclasses import replace

from bot.domain import Domain
from bot.effects import SOON, Effect
from bot.people import BOT
from bot.ports import Tx
from bot.power.standing import actor_of
from bot.runbook.problems import RunbookError
from bot.runs.model import Run

OTHERS = 1000
"""Behind everything of role holders stands what people without a role set going."""
STEP = 100
"""Between two priorities of effects lie all ranks of severities."""
UNRANKED = STEP - 1
ORDINARY = SOON * STEP
"""The place of a call that belongs to nothing that was set going."""


def in_turn(domain: Domain, tx: Tx, effect: Effect) -> Effect:
    """The effect with the priority that it has among all others, as things are now."""
    run = tx.runs.get(effect.run_id) if effect.run_id else None
    priority = urgency(domain, tx, run, effect.priority) if run else effect.priority * STEP + UNRANKED
    return replace(effect, priority=priority)


def urgency(domain: Domain, tx: Tx, run: Run, priority: int) -> int:
    """A run's place in the queue: who set it going, then how much of it waits for this, then how grave it is."""
    trusted = run.requested_by == BOT or actor_of(domain, tx, run.requested_by).roles
    others = 0 if trusted else OTHERS
    return others + priority * STEP + _rank(domain, tx, run)


def _rank(domain: Domain, tx: Tx, run: Run) -> int:
    """How grave it is; unranked also when its runbook is one that this version cannot read."""
    try:
        severities = {each.id: each.rank for each in domain.runbook_of(tx, run).severities}
    except RunbookError:
        return UNRANKED
    found = [severities.get(each.severity, UNRANKED) for each in tx.incidents.find(run_id=run.id)]
    return min([*found, UNRANKED])
