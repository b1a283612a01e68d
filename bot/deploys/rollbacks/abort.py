"""Going back at once: from a deploy that went wrong, by a person or by the runbook's policy; and promoting the newest.

A deploy is aborted at any step. What runs is stopped or let finish; the transaction that ends the deploy starts the
rollback of what it made live, so that no stop of the bot in between can lose it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.deploys.request import names, only
from bot.deploys.rollbacks.confirmation import accept_if_ready
from bot.deploys.rollbacks.decide import plan_comparing
from bot.deploys.rollbacks.live_deployments import before, maybe_live
from bot.deploys.rollbacks.unpinning import check_alone, had_production_since
from bot.domain import Domain
from bot.domain.messages import tell
from bot.errors import Refusal
from bot.people import ROBOT, Actor, mention, require_one
from bot.ports import Tx
from bot.power.standing import actor_of, lost
from bot.production.inputs.deploy import DeployInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.runbook.model import Runbook
from bot.runs.inputs import Then
from bot.runs.model import Gate, GateKind, Run, RunState
from bot.runs.start import activate, create_run, finish, show_cards
from bot.runs.stopping import ask_to_stop, call_off_children, is_busy
from bot.runs.waiting.expiry import expires_later
from bot.text import say


def abort_and_roll_back(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    """End a deploy at whatever step it is, and roll back what it made live; the run that goes on.

    Raises:
        Refusal: nothing of it went live, or the actor may not.
    """
    run = _running_deploy(domain, tx, actor, run_id)
    if not maybe_live(domain, tx, run):
        raise Refusal(say("Nothing of this deploy went live, so there is nothing to roll back. Abort it."))
    return _stop(domain, tx, actor, run, None)


def take_over(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    """Abort the deploy that has production, for the sake of a waiting rollback.

    What the deploy made live goes back to what was live before it, in place of the waiting rollback; when nothing of it
    is live, the waiting one goes on, confirmed by who aborted.
    """
    run = tx.runs.get(run_id)
    if run is None or not run.kind.goes_back or run.state is not RunState.WAITING:
        raise Refusal(say("Nothing was changed: this rollback is no longer waiting."))
    holder = tx.locks.holder(run.environment or "")
    if holder is None:
        tx.cards.touch(run.id)
        raise Refusal(say("Nothing was changed: the other run has ended. Confirm the rollback."))
    return _stop(domain, tx, actor, _running_deploy(domain, tx, actor, holder), run.id)


def _running_deploy(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    run = tx.runs.get(run_id)
    if run is None or not run.kind.builds or run.state is not RunState.ACTIVE:
        raise Refusal(say("Nothing was changed: there is no such deploy running."))
    if actor is not ROBOT:
        require_one(actor, domain.kinds["rollback"].request, domain.runbook, say("roll back"))
    only(_book_for(domain, tx, run, run.targets)[0], "rollback")
    if run.inputs.stop and run.inputs.stop.then:
        raise Refusal(
            say("Nothing was changed: it is already being aborted, and what it made live is being rolled back.")
        )
    return run


def _stop(domain: Domain, tx: Tx, actor: Actor, run: Run, waits: int | None) -> Run:
    """Write what comes after the end of the deploy, then end it: now, or when its running step has ended."""
    run = ask_to_stop(tx, actor, run, "rollback.asked", then=Then(actor.user, waits))
    call_off_children(domain, tx, actor, run)
    latest = tx.runs.get(run.id)
    assert latest
    return latest if is_busy(tx, latest) else stopped(domain, tx, latest)


def stopped(domain: Domain, tx: Tx, run: Run) -> Run:
    """End a deploy that was asked to stop and has nothing running any more; roll back when that was asked for."""
    then = run.inputs.stop.then if run.inputs.stop else None
    if then is None:
        return finish(domain, tx, run, RunState.ABORTED, why=say("cancelled"))
    actor = ROBOT if then.by == ROBOT.user else actor_of(domain, tx, then.by)
    gone = lost(domain, tx, actor.user, say("roll back"), *domain.kinds["rollback"].request)
    choice = {} if gone else before(domain, tx, run)
    why = (
        _nobody_asks(tx, run, actor, gone) if gone else say("rolled back") if choice else _why_nothing(domain, tx, run)
    )
    ended = finish(domain, tx, run, RunState.ABORTED, actor, why=why)
    waits = tx.runs.get(then.run) if then.run else None
    if choice:
        return _back_from(domain, tx, actor, ended, choice, waits)
    if waits and not gone:
        accept_if_ready(domain, tx, actor, waits)
    return ended


def _nobody_asks(tx: Tx, run: Run, actor: Actor, gone: str) -> str:
    """Who asked to roll back does not count any more: that it was only aborted is said, and what to do."""
    why = say("{who} requested the rollback and {gone}: decide with /rollback", who=mention(actor.user), gone=gone)
    tell(tx, "devops", say("⚠️ {title} (run {id}) was aborted, and not rolled back: {why}.", title=run.title, id=run.id,
                           why=why))  # fmt: skip
    return why


def _why_nothing(domain: Domain, tx: Tx, run: Run) -> str:
    """Why nothing is rolled back; when that is not known, people are told where to look."""
    if not maybe_live(domain, tx, run):
        return say("nothing of it went live")
    why = say("it may be live, and what was live before is unknown: choose it with /rollback")
    tell(tx, "devops", say("⚠️ {title} (run {id}) was aborted, but {why}.", title=run.title, id=run.id, why=why))
    return why


def _back_from(domain: Domain, tx: Tx, actor: Actor, run: Run, choice: dict[str, str], instead_of: Run | None) -> Run:
    """Roll back what a deploy made live; the rollback that waited for this gives way, and leaves its place to it."""
    parent = (None, None) if instead_of is None else (instead_of.parent_run, instead_of.parent_step)
    if instead_of is not None and instead_of.state is RunState.WAITING:
        given_way = replace(RollbackInputs.of(instead_of), gave_way_to=run.id)
        orphan = tx.runs.save(instead_of, parent_run=None, parent_step=None, inputs=given_way)
        finish(domain, tx, orphan, RunState.CANCELLED, actor, why=say("run {id} is aborted and rolled back", id=run.id))
    title = say("Roll back {what} to before run {id}", what=names(domain.runbook_of(tx, run), tuple(choice)), id=run.id)
    place = instead_of.channel if instead_of else run.channel
    here = replace(run, channel=place, parent_run=parent[0], parent_step=parent[1])
    return go(domain, tx, actor, here, title, choice, RollbackInputs(undo_of_deploy=run.id))


def alone(run: Run) -> Run:
    """What goes on after a run, and is no outcome for the step that started it."""
    return replace(run, parent_run=None, parent_step=None)


@dataclass(frozen=True)
class PromoteRef:
    """What the button at a pin carries: the deploy on whose card it stands, and what it showed (`offered`)."""

    run_id: int
    shown: str


def offered(run: Run) -> dict[str, str]:
    """Service -> the newest good deployment, which the pin gate of a deploy offers."""
    gates = DeployInputs.of(run).gates
    return {service: each for gate in gates if gate.id == "pin" for service, each in gate.offer.items()}


def promote_newest(domain: Domain, tx: Tx, actor: Actor, ref: PromoteRef) -> Run:
    """Promote the newest good deployment of every pinned service, which ends the pin; a run of its own.

    Raises:
        Refusal: the card showed something else, or production moved since it was looked at.
    """
    run = tx.runs.get(ref.run_id)
    if run is None or run.drill or run.state is not RunState.WAITING:
        raise Refusal(say("Nothing was changed: this deploy is no longer waiting."))
    require_one(actor, domain.kinds["rollback"].request, domain.runbook, say("promote the newest deployment"))
    choice = offered(run)
    facts = DeployInputs.of(run).facts
    looked_at = datetime.fromisoformat(facts.at) if choice and facts else tx.now
    if not choice or written_offer(choice) != ref.shown or had_production_since(tx, looked_at):
        raise Refusal(say("Nothing was changed: production moved since this card was shown. Press Check again first."))
    title = say("Promote the newest {what}", what=names(domain.runbook_of(tx, run), tuple(choice)))
    return go_or_ask(domain, tx, actor, alone(run), title, choice, RollbackInputs(promotes=run.id))


def written_offer(offer: dict[str, str]) -> str:
    """An offer as its button carries it."""
    return ",".join(f"{service}={deployment}" for service, deployment in sorted(offer.items()))


def _book_for(domain: Domain, tx: Tx, run: Run, services: tuple[str, ...]) -> tuple[Runbook, str]:
    """The runbook by which these services go back: the one in force, unless it does not know them all any more."""
    known = {service.id for service in domain.runbook.services}
    able = any(procedure.kind == "rollback" for procedure in domain.runbook.procedures)
    if able and known >= set(services):
        return domain.runbook, domain.loaded.version
    return domain.runbook_of(tx, run), run.runbook_version


def go_or_ask(
    domain: Domain, tx: Tx, actor: Actor, run: Run, title: str, choice: dict[str, str], about: RollbackInputs
) -> Run:
    """Start it, or have somebody else confirm it first when the runbook asks that of rollbacks.

    `about` says what it is for, and what is to be known while it waits: what its card tells, what its start records.
    """
    runbook, _ = _book_for(domain, tx, run, tuple(choice))
    if not runbook.rollbacks.approval:
        return go(domain, tx, actor, run, title, choice, replace(about, told=(), returns=()))
    check_alone(tx, about)
    made = _made(domain, tx, actor, run, title, choice, replace(about, second_person=True))
    tx.gates.add(Gate(0, made.id, GateKind.START, tx.now))
    show_cards(tx, made, domain.procedure_of(tx, made), "before", channel=made.channel)
    expires_later(domain, tx, made)
    return made


def go(
    domain: Domain, tx: Tx, actor: Actor, run: Run, title: str, choice: dict[str, str], about: RollbackInputs
) -> Run:
    """Start a rollback to what is chosen at once, in the place of `run`; `about` says what it is for."""
    made = _made(domain, tx, actor, run, title, choice, about)
    if not RollbackInputs.of(made).unpins:
        plan_comparing(tx, made)
    return activate(domain, tx, made, actor)


def _made(
    domain: Domain, tx: Tx, actor: Actor, run: Run, title: str, choice: dict[str, str], about: RollbackInputs
) -> Run:
    runbook, version = _book_for(domain, tx, run, tuple(choice))
    procedure = only(runbook, "rollback")
    draft = replace(
        run, id=0, procedure=procedure.id, kind=domain.kinds["rollback"], state=RunState.WAITING, title=title,
        targets=tuple(choice), requested_by=actor.user, approved_by=None, created_at=tx.now, started_at=None,
        ended_at=None, inputs=replace(about, choice=choice), token=0, version=0,
    )  # fmt: skip
    made = create_run(domain, tx, procedure, draft, version=version)
    tx.timeline.record("run.requested", actor, made.id, title=title, targets=list(choice), inputs=about.written())
    return made


def when_failed(domain: Domain, tx: Tx, run_id: int) -> None:
    """The runbook's policy for a deploy that has stood failed long enough: roll it back, if anything of it is live."""
    run = tx.runs.get(run_id)
    failed = tx.gates.find(run_id=run_id, kind=GateKind.FAILED, state="open")
    if run is not None and run.state is RunState.ACTIVE and failed and before(domain, tx, run) and not _is_ending(run):
        abort_and_roll_back(domain, tx, ROBOT, run_id)


def _is_ending(run: Run) -> bool:
    return run.inputs.stop is not None
