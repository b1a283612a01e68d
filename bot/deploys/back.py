"""Going back at once: from a deploy that went wrong, by a person or by the runbook's policy; and undoing a rollback."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.deploys.live import before, moved
from bot.deploys.request import names, only
from bot.errors import Refusal
from bot.office import Office
from bot.people import ROBOT, Actor, require
from bot.ports import Tx
from bot.runs.model import GateKind, Run, RunState, StepState
from bot.runs.start import activate, create_run, finish, records_of
from bot.text import say

LATER_RUNS = 200
"""How many of the newest runs are looked at for one that moved production since."""


def abort_and_roll_back(office: Office, tx: Tx, actor: Actor, run_id: int) -> Run:
    """End a deploy that went wrong, and roll back what it made live, in one transaction.

    Raises:
        Refusal: nothing of it went live, or the actor may not.
    """
    run = tx.runs.get(run_id)
    if run is None or run.kind != "deploy" or run.state is not RunState.ACTIVE:
        raise Refusal(say("Nothing was changed: there is no such deploy running."))
    if actor is not ROBOT:
        require(actor, "rollback", office.runbook_of(tx, run), say("roll back"))
    if not tx.gates.find(run_id=run_id, state="open", limit=1):
        raise Refusal(say("Nothing was changed: this deploy is not asking anything any more."))
    if any(record.state is StepState.STARTED for record in records_of(tx, run_id).values()):
        raise Refusal(say("A step is running. Cancel the deploy, or wait until the step has ended."))
    choice = before(office, tx, run)
    if not choice:
        raise Refusal(say("Nothing of this deploy went live, so there is nothing to roll back. Abort it."))
    finish(office, tx, run, RunState.ABORTED, actor, why=say("rolled back"))
    title = say("Roll back {what} to before run {id}", what=names(office.runbook, tuple(choice)), id=run.id)
    return _go(office, tx, actor, run, title, choice, {"undo_of_deploy": run.id})


def undo_rollback(office: Office, tx: Tx, actor: Actor, run_id: int) -> Run:
    """Promote what was live before a rollback; production is not pinned any more afterwards."""
    run = tx.runs.get(run_id)
    if run is None or run.kind != "rollback" or not run.state.ended or run.drill or run.unpins:
        raise Refusal(say("Nothing was changed: there is no such rollback to undo."))
    require(actor, "rollback", office.runbook_of(tx, run), say("undo a rollback"))
    moves = tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=LATER_RUNS)
    later = [each for each in moves if each.id > run.id and moved(office, tx, each)]
    if later:
        raise Refusal(say("Run {id} moved production after this rollback; look at that one.", id=later[0].id))
    choice = before(office, tx, run)
    if not choice:
        raise Refusal(say("NeonOps does not know what was live before. Choose it with /rollback."))
    title = say("Undo the rollback of run {id}", id=run.id)
    return _go(office, tx, actor, run, title, choice, {"undoes": run.id})


@dataclass(frozen=True)
class PromoteRef:
    """What the button at a pin carries: the deploy on whose card it stands, and what it showed (`offered`)."""

    run_id: int
    shown: str


def offered(run: Run) -> dict[str, str]:
    """Service -> the newest good deployment, which the pin gate of a deploy offers."""
    gates: list[dict[str, Any]] = run.inputs.get("gates", [])
    return {service: each for gate in gates if gate["id"] == "pin" for service, each in gate.get("offer", {}).items()}


def promote_newest(office: Office, tx: Tx, actor: Actor, ref: PromoteRef) -> Run:
    """Promote the newest good deployment of every pinned service, which ends the pin; a run of its own.

    Raises:
        Refusal: the card showed something else, or production moved since it was looked at.
    """
    run = tx.runs.get(ref.run_id)
    if run is None or run.drill or run.state is not RunState.WAITING:
        raise Refusal(say("Nothing was changed: this deploy does not wait any more."))
    require(actor, "rollback", office.runbook_of(tx, run), say("promote the newest deployment"))
    choice = offered(run)
    if not choice or written_offer(choice) != ref.shown or _moved_since(office, tx, run):
        raise Refusal(say("Nothing was changed: production moved since the card was drawn. Press Check again first."))
    title = say("Promote the newest {what}", what=names(office.runbook, tuple(choice)))
    return _go(office, tx, actor, run, title, choice, {"promotes": run.id})


def written_offer(offer: dict[str, str]) -> str:
    """An offer as its button carries it."""
    return ",".join(f"{service}={deployment}" for service, deployment in sorted(offer.items()))


def _moved_since(office: Office, tx: Tx, run: Run) -> bool:
    looked_at = datetime.fromisoformat(run.inputs["facts"]["at"])
    moves = tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=LATER_RUNS)
    return any(each.started_at and (each.ended_at or tx.now) > looked_at for each in moves)


def _go(
    office: Office, tx: Tx, actor: Actor, run: Run, title: str, choice: dict[str, str], more: dict[str, int]
) -> Run:
    procedure = only(office.runbook, "rollback")
    draft = replace(
        run, id=0, procedure=procedure.id, kind="rollback", state=RunState.WAITING, title=title, targets=tuple(choice),
        requested_by=actor.user, approved_by=None, created_at=tx.now, started_at=None, ended_at=None, parent_run=None,
        parent_step=None, inputs={"choice": choice, **more}, token=0, version=0,
    )  # fmt: skip
    made = create_run(office, tx, procedure, draft)
    tx.timeline.record("run.requested", actor, made.id, title=title, targets=list(choice), inputs=dict(more))
    return activate(office, tx, made, actor)


def when_failed(office: Office, tx: Tx, run_id: int) -> None:
    """The runbook's policy for a deploy that has stood failed long enough: roll it back, if anything of it is live."""
    run = tx.runs.get(run_id)
    failed = tx.gates.find(run_id=run_id, kind=GateKind.FAILED, state="open")
    if run is not None and run.state is RunState.ACTIVE and failed and before(office, tx, run):
        abort_and_roll_back(office, tx, ROBOT, run_id)
