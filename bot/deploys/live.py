"""What a run made live, and what was live before: read from what its steps kept."""

from collections.abc import Mapping
from datetime import timedelta

from bot.office import Office
from bot.ports import Tx
from bot.runbook.model import Procedure
from bot.runs.model import Run, StepRecord, StepState
from bot.runs.start import records_of

_MOVES = ("vercel.promote", "vercel.rollback")
_MAYBE = (StepState.STARTED, StepState.DONE, StepState.UNKNOWN)


def moved(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that this run pointed production at, for certain."""
    return _kept(office, tx, run, "deployment", (StepState.DONE,))


def before(office: Office, tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that was live when this run asked to move it, whether or not that is known to be so."""
    return _kept(office, tx, run, "before", tuple(StepState))


def moved_in(procedure: Procedure, records: Mapping[str, StepRecord]) -> dict[str, str]:
    """The same as `moved`, of records that are at hand."""
    return _in(procedure, records, "deployment", (StepState.DONE,))


def _kept(office: Office, tx: Tx, run: Run, name: str, states: tuple[StepState, ...]) -> dict[str, str]:
    return _in(office.procedure_of(tx, run), records_of(tx, run.id), name, states)


def _in(
    procedure: Procedure, records: Mapping[str, StepRecord], name: str, states: tuple[StepState, ...]
) -> dict[str, str]:
    steps = [step for _, step in procedure.steps() if step.kind in _MOVES and step.id in records]
    kept = {step.service: records[step.id].detail.get(name) for step in steps if records[step.id].state in states}
    return {service: deployment for service, deployment in kept.items() if service and deployment}


def maybe_live(office: Office, tx: Tx, run: Run) -> bool:
    """Whether a run moved traffic, or may have: a promote that is on its way counts."""
    return may_be_live(run, office.procedure_of(tx, run), records_of(tx, run.id))


def may_be_live(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> bool:
    """The same, of records that are at hand."""
    moves = [records[step.id] for _, step in procedure.steps() if step.kind in _MOVES and step.id in records]
    return not run.drill and any(each.state in _MAYBE or each.detail.get("before") for each in moves)


def durations(office: Office, tx: Tx, run: Run) -> dict[str, timedelta]:
    """Service -> from the request to move its traffic until it was seen live."""
    records = records_of(tx, run.id)
    steps = [step for _, step in office.procedure_of(tx, run).steps() if step.id in records]
    asked = {step.service: records[step.id].started_at for step in steps if step.kind in _MOVES}
    live = {step.service: records[step.id] for step in steps if step.kind == "vercel.wait_alias"}
    return {
        service: live[service].ended_at - began  # type: ignore[operator]
        for service, began in asked.items()
        if service and began and service in live and live[service].state is StepState.DONE
    }
