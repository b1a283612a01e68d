"""What our own history knows of deployments: which were seen healthy while they were live, and which were not."""

from collections.abc import Iterable

from bot.domain import Domain
from bot.integrations.vercel.rules import Verdict
from bot.ports import Tx
from bot.production.periods import periods_of
from bot.runbook.steps import Proof
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import records_of

RUNS = 50
"""How many of the latest deploys and rollbacks are looked at."""


def verdicts(domain: Domain, tx: Tx) -> dict[str, Verdict]:
    """Deployment id -> healthy | unhealthy, by the latest run that made it live and then looked."""
    found: dict[str, Verdict] = {}
    for run in tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=RUNS):
        for deployment, verdict in _judged(domain, tx, run):
            found.setdefault(deployment, verdict)
    return found


def _judged(domain: Domain, tx: Tx, run: Run) -> Iterable[tuple[str, Verdict]]:
    if run.started_at is None:
        return
    records = records_of(tx, run.id)
    steps = [step for _, step in domain.procedure_of(tx, run).steps() if step.id in records]
    for period in periods_of(tx, run.id):
        checks = [step for step in steps if step.proves is Proof.HEALTH and step.service in (None, period.service)]
        states = {records[check.id].state for check in checks}
        if StepState.FAILED in states:
            yield period.deployment, "unhealthy"
        elif checks and states == {StepState.DONE} and run.state is RunState.DONE:
            yield period.deployment, "healthy"
