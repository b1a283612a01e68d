"""Starting a rollback, or saying why it did not start."""

from collections.abc import Mapping
from dataclasses import replace

from bot.deploys.request import names
from bot.deploys.rollbacks.unpinning import record_undo
from bot.domain import Domain
from bot.domain.messages import tell
from bot.people import ROBOT, mention
from bot.ports import Tx
from bot.production.inputs.rollback import Emergency, RollbackInputs
from bot.runs.model import Gate, Run, StepState
from bot.runs.start import activate, records_of
from bot.runs.waiting.expiry import expires_later
from bot.text import say


def taken_words(tx: Tx, run: Run) -> str:
    """Which other run has production, and what can be done; empty when none has."""
    holder = tx.locks.holder(run.environment) if run.environment else None
    other = tx.runs.get(holder) if holder not in (None, run.id) else None
    if other is None:
        return ""
    words = say("Run {id} ({title}) is in progress.", id=other.id, title=other.title)
    if not other.kind.builds:
        return words + " " + say("Wait until it ends, or cancel it first.")
    return words + " " + say("Wait until it ends, or abort it with the button on the card of this rollback.")


def begin(domain: Domain, tx: Tx, run: Run, gate: Gate, by: str, choice: Mapping[str, str]) -> Run:
    tx.gates.save(gate, state="answered", answer="start", answered_by=by, answered_at=tx.now)
    inputs = replace(RollbackInputs.of(run), choice=dict(choice))
    started = activate(domain, tx, run, ROBOT, inputs=inputs)
    if inputs.returns:
        record_undo(tx, ROBOT, started, inputs.returns)
    if inputs.emergency and not started.drill:
        _say_emergency(domain, tx, started, inputs.emergency)
    return started


def _say_emergency(domain: Domain, tx: Tx, run: Run, given: Emergency) -> None:
    """Say that an emergency has started, where deploys are talked about and where the cards of the rollback stand."""
    words = say(
        "🚨 {who} started an emergency rollback of {what} (run {id}), without another person's approval and "
        "without the pre-rollback checks: {why}",
        who=mention(given.by), what=names(domain.runbook_of(tx, run), run.targets), id=run.id, why=given.why,
    )  # fmt: skip
    tell(tx, "devops", words)
    if run.channel and run.channel != domain.team.channels.get("devops"):
        tell(tx, run.channel, words)


def void(domain: Domain, tx: Tx, run: Run, why: str, *, still_emergency: bool = True) -> None:
    """The confirmation does not count any more: it has to be given anew, knowing this."""
    inputs = RollbackInputs.of(run)
    given = inputs.confirmed or inputs.emergency
    emergency = inputs.emergency if still_emergency else None
    tx.runs.save(run, approved_by=None, inputs=replace(inputs, confirmed=None, emergency=emergency, voided=why))
    tx.timeline.record("approval.void", ROBOT, run.id, title=run.title, why=why)
    expires_later(domain, tx, run)
    tx.cards.touch(run.id)
    if given and given.by != ROBOT.user:
        words = say("⚠️ {title} (run {id}) did not start: {why}.", title=run.title, id=run.id, why=why)
        tell(tx, given.by, words + " " + say("See its card."))


def still_looking(domain: Domain, tx: Tx, run: Run) -> bool:
    """Whether a listing is under way or has yet to begin: what it recommends is waited for."""
    records = records_of(tx, run.id)
    listings = [step for _, step in domain.procedure_of(tx, run).steps() if step.lists_deployments]
    found = [records[step.id] for step in listings if step.id in records and step.starts == "auto"]
    return any(each.state is StepState.STARTED or (each.state is StepState.OPEN and not each.attempt) for each in found)
