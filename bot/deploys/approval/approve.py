"""Approving and starting a deploy: the approval is bound to the commit, checked at the click and again at the start.

The click writes the approval and plans `deploy.start`; that effect asks the outside once more and then, in one
transaction, judges every gate and starts the run or says what stands in its way. Waiting holds no environment.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.deploys.approval.approvers import doubt_words, no_longer, requester_lost
from bot.deploys.commits.commit import is_full
from bot.deploys.gates import clear, judge, kept
from bot.deploys.gates.checks import ask_items, keep_failed
from bot.deploys.gates.inputs import known
from bot.deploys.queue import plan_look
from bot.domain import Domain
from bot.domain.messages import plan_message, tell
from bot.effects import FIRST
from bot.effects.outgoing import text_message
from bot.errors import Refusal
from bot.people import ROBOT, Actor, mention, require, require_one
from bot.ports import Tx
from bot.power.persons import same_person
from bot.production.inputs.deploy import Approval, DeployInputs, Facts, Gate, Override
from bot.production.periods import observe, somebody_moves_it
from bot.runs.model import GateKind, Run, RunState
from bot.runs.start import activate, open_required, records_of
from bot.runs.waiting.expiry import expires_later
from bot.runs.waiting.gates import waiting
from bot.text import listing, say, shorten


def looked(domain: Domain, tx: Tx, run_id: int, facts: Facts) -> None:
    """Keep what was found, and show the gates as they stand."""
    run = tx.runs.get(run_id)
    if run is None or run.state is not RunState.WAITING:
        return
    again = DeployInputs.of(run).again
    facts = keep_failed(run, facts)
    _note_production(tx, facts)
    run = _show(tx, run, facts, judge(known(domain, tx, run, facts)), again=False)
    if facts.asked_github:
        ask_items(domain, tx, run, facts.sha, all_of_them=again)


def review(domain: Domain, tx: Tx) -> None:
    """Void the approvals that do not count any more, at once: who holds what has changed."""
    for run in tx.runs.find(kind="deploy", state=RunState.WAITING):
        facts = DeployInputs.of(run).facts
        if run.approved_by and facts and (why := no_longer(domain, tx, run)):
            gates = judge(known(domain, tx, run, facts))
            void(domain, tx, run, why, facts, gates, anew=bool(requester_lost(domain, tx, run)))


def judge_again(domain: Domain, tx: Tx) -> None:
    """Show the gates of waiting deploys as the database has them now; the outside is not asked."""
    for run in tx.runs.find(kind="deploy", state=RunState.WAITING):
        inputs = DeployInputs.of(run)
        if facts := inputs.facts:
            gates = judge(known(domain, tx, run, facts))
            if kept(gates) != inputs.gates:
                _show(tx, run, facts, gates)


def _note_production(tx: Tx, facts: Facts) -> None:
    """What was seen of production on the way: what is not live any more was moved by somebody outside NeonOps."""
    if not somebody_moves_it(tx):
        for service, deployment in facts.production.items():
            observe(tx, service, deployment, datetime.fromisoformat(facts.at))


def _show(tx: Tx, run: Run, facts: Facts, gates: tuple[Gate, ...], **more: Any) -> Run:
    inputs = replace(DeployInputs.of(run), doubt=None, facts=facts, gates=kept(gates), **more)
    tx.cards.touch(run.id)
    return tx.runs.save(run, inputs=inputs)


def approve(domain: Domain, tx: Tx, actor: Actor, run_id: int, shown: str) -> Run:
    """Another person than the requester approves the deploy of the commit that the card showed (`shown`)."""
    run, _ = waiting(tx, run_id, "deploy")
    if run.approved_by:
        raise Refusal(say("Nothing was changed: {who} already approved it.", who=mention(run.approved_by)))
    _check_approver(domain, tx, actor, run)
    left = open_required(domain.procedure_of(tx, run), run, records_of(tx, run.id), "before")
    if left:
        raise Refusal(say("The checklist is not complete. Still open: {items}.", items=listing(left, most=3)))
    sha = _commit_to_approve(run, shown)
    until = tx.now + domain.runbook_of(tx, run).deploys.approval_expires
    approval = Approval(actor.user, tx.now.isoformat(), until.isoformat(), sha, domain.loaded.version)
    run = tx.runs.save(run, approved_by=actor.user, inputs=replace(DeployInputs.of(run), approval=approval))
    tx.timeline.record("run.approved", actor, run.id, title=run.title, ref=run.inputs.ref, sha=sha)
    _plan_start(tx, run)
    return run


def _commit_to_approve(run: Run, shown: str) -> str:
    """The commit that is approved: the one that was looked up, and that the approver saw."""
    facts = DeployInputs.of(run).facts
    if facts is None:
        raise Refusal(say("NeonOps is still looking up what this deploy would change. Try again in a moment."))
    sha = facts.sha
    if sha is None or not is_full(sha):
        why = (facts.unasked.get("commit") or say("it was not looked up")).rstrip(".")
        raise Refusal(
            say("Nothing was approved: the commit is unknown ({why}). Only a known commit can be approved.", why=why)
        )
    if shown != sha:
        raise Refusal(say("Nothing was approved: the commit changed since this card was shown. Review it again."))
    return sha


def _check_approver(domain: Domain, tx: Tx, actor: Actor, run: Run) -> None:
    require_one(actor, run.kind.approve, domain.runbook, say("approve a deploy"))
    if same_person(domain, tx, actor.user, run.requested_by):
        raise Refusal(say("You requested this deploy, so another person must approve it."))
    if why := requester_lost(domain, tx, run):
        raise Refusal(say("Nothing was approved: {why}. Request a new deploy.", why=why))


def _plan_start(tx: Tx, run: Run) -> None:
    approval = DeployInputs.of(run).approval
    assert approval, "it starts when it is approved"
    tx.timers.set("approval", "approval", datetime.fromisoformat(approval.until), run.id)
    tx.effects.plan("deploy.start", f"run:{run.id}:gates", {}, run_id=run.id, priority=FIRST)
    tx.cards.touch(run.id)


def doubted(domain: Domain, tx: Tx, run_id: int, doubts: Mapping[str, str]) -> str:
    """Slack does not say who is still there: the card tells why it does not start yet."""
    run, why = tx.runs.get(run_id), doubt_words(doubts)
    if run is None or run.state is not RunState.WAITING or not run.approved_by:
        return ""
    tx.runs.save(run, inputs=replace(DeployInputs.of(run), doubt=why))
    tx.cards.touch(run_id)
    return why


def start(domain: Domain, tx: Tx, run_id: int, facts: Facts) -> None:
    """Judge every gate in one transaction, and start the run or show what stands in its way."""
    run = tx.runs.get(run_id)
    questions = tx.gates.find(run_id=run_id, kind=GateKind.START, state="open")
    if run is None or run.state is not RunState.WAITING or not questions or not run.approved_by:
        return
    facts = keep_failed(run, facts)
    gates = judge(known(domain, tx, run, facts))
    moved = next((gate.why for gate in gates if gate.id == "commit" and gate.verdict == "failed"), None)
    if why := moved or no_longer(domain, tx, run):
        void(domain, tx, run, why, facts, gates, anew=bool(requester_lost(domain, tx, run)))
        if facts.asked_github:
            ask_items(domain, tx, run, facts.sha)
        return
    run = _show(tx, run, facts, gates)
    if not clear(gates) or not is_full(facts.sha):
        failed = [gate.id for gate in gates if gate.verdict == "failed"]
        tx.timeline.record("run.held", ROBOT, run.id, title=run.title, gates=failed)
        return
    tx.gates.save(questions[0], state="answered", answer="start", answered_by=run.approved_by, answered_at=tx.now)
    tx.timers.cancel(run.id, "approval")
    activate(domain, tx, run, ROBOT, inputs=replace(run.inputs, sha=facts.sha))


def void(
    domain: Domain, tx: Tx, run: Run, why: str, facts: Facts, gates: tuple[Gate, ...], *, anew: bool = False
) -> None:
    """The approval does not count any more: it has to be given again, or (`anew`) the deploy asked for again."""
    tx.timeline.record("approval.void", ROBOT, run.id, title=run.title, why=why)
    run = tx.runs.save(run, approved_by=None, inputs=replace(DeployInputs.of(run), approval=None))
    _show(tx, run, facts, gates, voided=why, ask_anew=anew)
    expires_later(domain, tx, run)


def expire(domain: Domain, tx: Tx, run_id: int) -> None:
    """The approval was not used in time."""
    run = tx.runs.get(run_id)
    if run is None or run.state is not RunState.WAITING or not run.approved_by:
        return
    facts = DeployInputs.of(run).facts or Facts(tx.now.isoformat())
    void(domain, tx, run, say("it expired"), facts, judge(known(domain, tx, run, facts)))
    words = say("⚠️ The approval of {title} (run {id}) has expired. It needs a new approval.",
                title=run.title, id=run.id)  # fmt: skip
    tell(tx, run.requested_by, words)


def override(domain: Domain, tx: Tx, actor: Actor, run_id: int, gate_id: str, why: str, shown: Collection[str]) -> Run:
    """Pass a failed gate with a reason, in public; only for what was `shown` to stand in the way (fingerprints)."""
    run, _ = waiting(tx, run_id, "deploy")
    require(actor, "override", domain.runbook, say("override a gate"))
    inputs = DeployInputs.of(run)
    gate = next((gate for gate in inputs.failed if gate.id == gate_id), None)
    if gate is None or not gate.overridable:
        raise Refusal(say("This gate cannot be overridden."))
    if gate.fingerprint not in shown:
        raise Refusal(say("What blocks this deploy has changed since the form was opened. Open it again."))
    if not why.strip():
        raise Refusal(say("A reason is required: it is shown on the card, in the channel and in the timeline."))
    given = Override(actor.user, shorten(why.strip(), 300), gate.why, gate.about, gate.cause)
    run = tx.runs.save(run, inputs=replace(inputs, overrides={**inputs.overrides, gate_id: given}))
    tx.timeline.record("gate.overridden", actor, run.id, gate=gate_id, why=given.why, what=gate.why)
    told = say("⚠️ {who} overrode a gate of {title}: {what} Reason: {why}", who=mention(actor.user), title=run.title,
               what=gate.why, why=given.why)  # fmt: skip
    assert run.channel
    plan_message(tx, text_message(run.channel, text=told, about=gate.about), f"say:{run.id}", run_id=run.id)
    _again(tx, run)
    return run


def check_again(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> Run:
    """Ask the outside again; an approved deploy starts when nothing stands in its way any more."""
    run, _ = waiting(tx, run_id, "deploy")
    require_one(actor, run.kind.request, domain.runbook, say("deploy"))
    if not run.approved_by:
        run = tx.runs.save(run, inputs=replace(DeployInputs.of(run), again=True))
    _again(tx, run)
    return run


def _again(tx: Tx, run: Run) -> None:
    if run.approved_by:
        _plan_start(tx, run)
    else:
        plan_look(tx, run)
