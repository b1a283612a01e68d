"""What a run may have made live, and what was live before: read from what its steps kept when they asked."""

from collections.abc import Mapping

from bot.domain import Domain
from bot.ports import Tx
from bot.production.periods import periods_of
from bot.runbook.model import Procedure
from bot.runs.model import Run, StepRecord, StepState
from bot.runs.start import records_of

_SENT = ("requested", "queued", "already_current")
_MAYBE = (StepState.STARTED, StepState.DONE, StepState.UNKNOWN)


def before(domain: Domain, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that was live when this run asked to move it.

    Whether it has moved need not be known. What was live by this run and was moved away by somebody since is left out:
    going back would undo theirs.
    """
    steps = [step for _, step in domain.procedure_of(tx, run).steps() if step.moves_production]
    records = records_of(tx, run.id)
    asked = {step.service: records[step.id] for step in steps if step.id in records and _asked(records[step.id])}
    kept = {service: record.detail.get("before") for service, record in asked.items()}
    over = {each.service for each in periods_of(tx, run.id) if each.over_at}
    return {service: each for service, each in kept.items() if service and each and service not in over}


def maybe_live(domain: Domain, tx: Tx, run: Run) -> bool:
    """Whether a run moved traffic, or may have: a promote that is on its way counts."""
    return may_be_live(run, domain.procedure_of(tx, run), records_of(tx, run.id))


def may_be_live(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> bool:
    """The same, of records that are at hand."""
    moves = [records[step.id] for _, step in procedure.steps() if step.moves_production and step.id in records]
    return not run.drill and any(_asked(each) for each in moves)


def _asked(move: StepRecord) -> bool:
    """Whether the request left, or may have; one that was refused has moved nothing."""
    return move.state in _MAYBE or move.detail.get("state") in _SENT
