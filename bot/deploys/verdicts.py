"""What our own history knows of deployments: which were seen healthy while they were live, and which were not."""

from collections.abc import Iterable

from bot.office import Office
from bot.ports import Tx
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import records_of

RUNS = 50
"""How many of the latest deploys and rollbacks are looked at."""


def verdicts(office: Office, tx: Tx) -> dict[str, str]:
    """Deployment id -> healthy | unhealthy, by the latest run that made it live and then looked."""
    found: dict[str, str] = {}
    for run in tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=RUNS):
        for deployment, verdict in _judged(office, tx, run):
            found.setdefault(deployment, verdict)
    return found


def _judged(office: Office, tx: Tx, run: Run) -> Iterable[tuple[str, str]]:
    if run.started_at is None:
        return
    records = records_of(tx, run.id)
    steps = [step for _, step in office.procedure_of(tx, run).steps() if step.id in records]
    live = [step for step in steps if step.kind == "vercel.wait_alias" and records[step.id].state is StepState.DONE]
    for step in live:
        deployment = records[step.id].detail.get("deployment")
        checks = [s for s in steps if s.kind == "health.check" and s.service in (None, step.service)]
        states = {records[check.id].state for check in checks}
        if deployment and StepState.FAILED in states:
            yield deployment, "unhealthy"
        elif deployment and checks and states == {StepState.DONE} and run.state is RunState.DONE:
            yield deployment, "healthy"
