"""What a run made live, and what was live before: read from what its steps kept."""

from bot.office import Office
from bot.ports import Tx
from bot.runs.model import Run, StepState
from bot.runs.start import records_of

_MOVES = ("vercel.promote", "vercel.rollback")


def moved(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that this run pointed production at, for certain."""
    return _kept(office, tx, run, "deployment", (StepState.DONE,))


def before(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that was live when this run asked to move it, whether or not that is known to be so."""
    return _kept(office, tx, run, "before", (StepState.DONE, StepState.UNKNOWN, StepState.FAILED))


def _kept(office: Office, tx: Tx, run: Run, name: str, states: tuple[StepState, ...]) -> dict[str, str]:
    records = records_of(tx, run.id)
    steps = [step for _, step in office.procedure_of(tx, run).steps() if step.kind in _MOVES and step.id in records]
    kept = {step.service: records[step.id].detail.get(name) for step in steps if records[step.id].state in states}
    return {service: deployment for service, deployment in kept.items() if service and deployment}
