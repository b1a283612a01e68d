"""What a run made live, and what was live before: read from what its steps kept."""

from bot.office import Office
from bot.ports import Tx
from bot.runs.model import Run, StepState
from bot.runs.start import records_of

_MOVES = ("vercel.promote", "vercel.rollback")


def moved(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that this run pointed production at."""
    return _kept(office, tx, run, "deployment")


def before(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that was live when this run moved it."""
    return _kept(office, tx, run, "before")


def _kept(office: Office, tx: Tx, run: Run, name: str) -> dict[str, str]:
    records = records_of(tx, run.id)
    found: dict[str, str] = {}
    for _, step in office.procedure_of(tx, run).steps():
        record = records.get(step.id)
        if (
            step.kind in _MOVES
            and step.service
            and record
            and record.state is StepState.DONE
            and record.detail.get(name)
        ):
            found[step.service] = record.detail[name]
    return found
