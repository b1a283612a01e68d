"""Undoing a rollback: what was live before it goes live again, named, with what is known to be wrong with it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bot.deploys.history.verdicts import verdicts
from bot.deploys.rollbacks.abort import alone, go_or_ask
from bot.deploys.rollbacks.live_deployments import before
from bot.deploys.rollbacks.unpinning import LATER_RUNS, record_undo
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.production.commits import commit_and_id
from bot.production.inputs.rollback import RollbackInputs
from bot.production.periods import live_now, moved
from bot.runs.model import Run, RunState, StepState
from bot.runs.start import records_of
from bot.text import say, shorten


@dataclass(frozen=True)
class Return:
    """One service of an undo: `leaves` is live now, `returns` goes live again; both as `id`, named by their commits.

    `trouble`: what our own runs saw go wrong with what returns, a sentence each.
    """

    service: str
    title: str
    leaves: str
    leaves_name: str
    returns: str
    returns_name: str
    trouble: tuple[str, ...] = ()


def plan_undo(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> tuple[Return, ...]:
    """What an undo of this rollback would do now.

    Raises:
        Refusal: the actor may not, there is nothing to undo, or production has moved since.
    """
    run = _undoable(domain, tx, actor, run_id)
    back, live = before(domain, tx, run), live_now(tx, run)
    known = {service: each for service, each in back.items() if service in live}
    if not known:
        raise Refusal(say("NeonOps does not know what was live before. Choose it with /rollback."))
    return tuple(_return(domain, tx, run, service, live[service], each) for service, each in known.items())


def undo_rollback(domain: Domain, tx: Tx, actor: Actor, run_id: int, shown: str) -> Run:
    """Promote what was live before a rollback; production is not pinned any more afterwards.

    `shown` is the fingerprint of what the person confirmed.
    """
    plan = plan_undo(domain, tx, actor, run_id)
    if fingerprint(plan) != shown:
        raise Refusal(say("Nothing was started: something changed since the form was opened. Open it again."))
    run = tx.runs.get(run_id)
    assert run
    title = say("Undo the rollback of run {id}", id=run.id)
    choice = {each.service: each.returns for each in plan}
    told = [f"⚠️ {words}" for each in plan for words in each.trouble]
    told = told or [say("❔ No health record: no NeonOps run verified it.")]
    returns = tuple(asdict(each) for each in plan)
    about = RollbackInputs(undoes=run.id, told=tuple(told), returns=returns)
    made = go_or_ask(domain, tx, actor, alone(run), title, choice, about)
    if made.state is RunState.ACTIVE:
        record_undo(tx, actor, made, returns)
    return made


def fingerprint(plan: Sequence[Return]) -> str:
    """What the form showed."""
    return hashlib.sha256(json.dumps([asdict(each) for each in plan]).encode()).hexdigest()[:16]


def _undoable(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    run = tx.runs.get(run_id)
    if run is None or not run.kind.goes_back or not run.state.ended or run.drill or RollbackInputs.of(run).unpins:
        raise Refusal(say("Nothing was changed: there is no such rollback to undo."))
    require_one(actor, run.kind.request, domain.runbook, say("undo a rollback"))
    moves = tx.runs.find(kind=("deploy", "rollback"), drill=False, order="-id", limit=LATER_RUNS)
    later = next((each for each in moves if each.id > run.id and moved(tx, each)), None)
    if later:
        raise Refusal(say("Run {id} moved production after this rollback; look at that one.", id=later.id))
    if not live_now(tx, run):
        raise Refusal(say("Nothing was changed: what this rollback went back to is no longer live."))
    return run


def _return(domain: Domain, tx: Tx, run: Run, service: str, leaves: str, returns: str) -> Return:
    return Return(
        service, domain.runbook_of(tx, run).service(service).title, leaves, commit_and_id(tx, run, leaves), returns,
        commit_and_id(tx, run, returns), tuple(_trouble(domain, tx, run, returns)),
    )  # fmt: skip


def _trouble(domain: Domain, tx: Tx, run: Run, returns: str) -> Iterator[str]:
    """What is known to be wrong with a deployment: what failed of the runs that had it live, and this very rollback."""
    for run_id in dict.fromkeys(each.run_id for each in tx.live_periods.find(deployment=returns)):
        earlier = tx.runs.get(run_id)
        assert earlier
        yield from _failures(domain, tx, earlier)
    if verdicts(domain, tx).get(returns) == "healthy":
        yield say("It was healthy when NeonOps verified it, but was rolled back anyway.")
    if given := RollbackInputs.of(run).emergency:
        yield say("It was rolled back as an emergency by run {id}: {why}", id=run.id, why=given.why)


def _failures(domain: Domain, tx: Tx, run: Run) -> Iterator[str]:
    texts = {step.id: step.text for _, step in domain.procedure_of(tx, run).steps()}
    failed = [record for record in records_of(tx, run.id).values() if record.state is StepState.FAILED]
    for record in failed:
        if record.step_id in texts:
            yield say("Run {id} failed at ‹{step}›: {found}", id=run.id, step=texts[record.step_id],
                      found=shorten(record.found or say("no output"), 200))  # fmt: skip
    if not failed and run.state is RunState.ABORTED:
        yield say("Run {id} ({title}) was aborted while it was live.", id=run.id, title=run.title)
