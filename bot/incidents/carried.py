"""What of a checklist is carried over when the severity changes: what means the same keeps its record."""

from bot.domain import Domain
from bot.incidents.events import ItemReopened
from bot.people import ROBOT
from bot.ports import Tx
from bot.runbook.model import Procedure, Runbook
from bot.runbook.steps import AnyStep
from bot.runs.model import Run, StepRecord, StepState
from bot.runs.start import fresh_records, records_of
from bot.text import say

LEFT_IN = "checklist"
"""The detail of a record that the present checklist does not have: the procedure that it belongs to."""
HELD = "held"
"""The detail of an alert that waits until its incident is open again."""
_WORDING = {"text", "pt", "note", "corrects", "required", "starts", "ticked_by", "timeout", "retry"}
"""Fields of a step that do not change what it does, and to whom."""


def carry_over(domain: Domain, tx: Tx, run: Run, old: Procedure, new: Procedure) -> None:
    """Give the run the items of its new checklist. What was not settled for the same work has to be done anew."""
    known = records_of(tx, run.id)
    wanted = {record.step_id: record for record in fresh_records(run, new)}
    for record in known.values():
        if record.step_id in wanted:
            _carry(domain, tx, run, old, new, record, wanted.pop(record.step_id))
        elif LEFT_IN not in record.detail:
            tx.steps.save(record, detail={**record.detail, LEFT_IN: old.id})
    tx.steps.add_all(list(wanted.values()))


def _carry(
    domain: Domain, tx: Tx, run: Run, old: Procedure, new: Procedure, record: StepRecord, place: StepRecord
) -> None:
    """One item that both checklists have, at its new place; open again when it meant something else."""
    before = _step_of(domain.runbook_of(tx, run), record.detail.get(LEFT_IN, old.id), record.step_id)
    detail = {name: each for name, each in record.detail.items() if name != LEFT_IN}
    moved = tx.steps.save(record, phase_id=place.phase_id, position=place.position, detail=detail)
    after = new.step(record.step_id)
    if before is not None and not means_the_same(before, after, record):
        open_again(domain, tx, moved, after)


def _step_of(runbook: Runbook, procedure_id: str, step_id: str) -> AnyStep | None:
    procedure = next((each for each in runbook.procedures if each.id == procedure_id), None)
    return next((step for _, step in procedure.steps() if step.id == step_id), None) if procedure else None


def means_the_same(before: AnyStep, after: AnyStep, record: StepRecord) -> bool:
    """Whether what was done for one item counts for the other: the same work for the same people, however worded."""
    if before.model_dump(exclude=_WORDING) != after.model_dump(exclude=_WORDING):
        return False
    return after.ticked_by == "bot" or record.by != ROBOT.user


def open_again(domain: Domain, tx: Tx, record: StepRecord, step: AnyStep) -> StepRecord:
    """Have an item done anew: nothing of the old outcome stays, and what of it is on its way does not count."""
    for effect in tx.effects.find(run_id=record.run_id, step_id=record.step_id, state=("pending", "sending")):
        tx.effects.save(effect, state="done", result={"skipped": say("the severity changed")})
    domain.publish(tx, ItemReopened(record.run_id, record.step_id))
    for gate in tx.gates.find(run_id=record.run_id, step_id=record.step_id, state="open"):
        tx.gates.save(gate, state="void")
    by_itself = step.starts == "auto" and not (step.by_person or step.started_procedure)
    return tx.steps.save(
        record, state=StepState.OPEN, decision=record.decision + 1, asked_by=ROBOT.user if by_itself else None,
        by=None, at=None, reason=None, found=None, detail={}, output=None, started_at=None, ended_at=None,
    )  # fmt: skip


def alert_again(domain: Domain, tx: Tx, run_id: int, procedure: Procedure) -> None:
    """It got worse: who was alerted already is alerted once more."""
    for record, step in _alerts(tx, run_id, procedure):
        if record.state in (StepState.DONE, StepState.FAILED):
            open_again(domain, tx, record, step)


def hold_alerts(tx: Tx, run_id: int, procedure: Procedure) -> None:
    """The incident is not open: nobody is alerted by its new checklist unless it is opened again."""
    for record, _ in _alerts(tx, run_id, procedure):
        if record.state is StepState.OPEN and (record.asked_by or not (record.attempt or record.decision)):
            held = {**record.detail, HELD: True}
            tx.steps.save(record, decision=record.decision + 1, asked_by=None, detail=held)


def release_alerts(tx: Tx, run_id: int) -> None:
    """The incident is open again: who was not alerted meanwhile is."""
    for record in records_of(tx, run_id).values():
        if record.detail.get(HELD) and record.state is StepState.OPEN:
            tx.steps.save(record, asked_by=ROBOT.user, detail={})


def _alerts(tx: Tx, run_id: int, procedure: Procedure) -> list[tuple[StepRecord, AnyStep]]:
    records = records_of(tx, run_id)
    steps = (step for _, step in procedure.steps() if step.alerts_people and step.starts == "auto")
    return [(records[step.id], step) for step in steps if step.id in records]
