"""Maintenance that is under way."""

from bot.domain import Domain
from bot.ports import Tx
from bot.runs.model import Run, RunState


def maintenance_runs(domain: Domain, tx: Tx) -> tuple[Run, ...]:
    """Runs of what their own runbook calls maintenance."""
    found = tx.runs.find(kind="checklist", state=RunState.ACTIVE, drill=False)
    named = [(run, domain.runbook_of(tx, run).maintenance) for run in found]
    return tuple(run for run, maintenance in named if maintenance and maintenance.procedure == run.procedure)
