"""Confirming and starting a rollback: bound to what the card showed, compared with the schema again at the start.

The click writes the confirmation and plans `rollback.start`; that effect asks the outside once more and then, in one
transaction, starts the run or says what is new. An emergency starts as soon as it is known where to.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.deploys.ahead import Ahead, read_ahead
from bot.deploys.approve import waiting
from bot.deploys.confirmers import needs_another, no_longer, requester_lost
from bot.deploys.decide import candidates, chosen
from bot.deploys.holds import tell
from bot.deploys.request import Asked, names
from bot.deploys.within import rollback_here
from bot.effects import FIRST
from bot.errors import Refusal
from bot.office import Office
from bot.people import ROBOT, Actor, require
from bot.persons import same_person
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runbook.steps import VercelList
from bot.runs.items import mention
from bot.runs.model import Gate, GateKind, Run, RunState, StepState
from bot.runs.start import activate, open_required, records_of
from bot.standing import actor_of, lost
from bot.text import listing, say, shorten


def what_to_compare(office: Office, tx: Tx, run_id: int) -> tuple[Runbook, dict[str, str], dict[str, dict[str, Any]]]:
    """The runbook of a rollback, where it would go now, and what its listings found."""
    run = tx.runs.get(run_id)
    assert run
    return office.runbook_of(tx, run), chosen(tx, run), candidates(tx, run)


def ahead_of(run: Run, choice: Mapping[str, str]) -> Ahead | None:
    """What is known of the schema for this choice; None while it is being looked up."""
    written = run.inputs.get("ahead")
    return read_ahead(written) if written and written["choice"] == choice else None


def fingerprint(choice: Mapping[str, str], dangers: Sequence[str]) -> str:
    """What a card showed: where to, and what has to be confirmed a second time."""
    return hashlib.sha256(json.dumps([sorted(choice.items()), sorted(dangers)]).encode()).hexdigest()[:16]


def dangers_of(office: Office, tx: Tx, run: Run, ahead: Ahead | None) -> tuple[str, ...]:
    """What of the schema the runbook calls dangerous."""
    return ahead.dangers(office.runbook_of(tx, run).rollbacks.dangerous) if ahead else ()


def looked(office: Office, tx: Tx, run_id: int, ahead: Ahead) -> None:
    """Keep what was found for the card; an emergency starts when it is known where to go back to."""
    run = tx.runs.get(run_id)
    if run is None or run.state.ended or ahead.choice != chosen(tx, run):
        return
    run = tx.runs.save(run, inputs={**run.inputs, "ahead": ahead.written()})
    tx.cards.touch(run.id)
    if run.state is RunState.WAITING and "emergency" in run.inputs:
        _start_emergency(office, tx, run, ahead)
    elif by := run.inputs.get("goes_on_for"):
        accept_if_ready(office, tx, actor_of(office, tx, by), run)


def confirm_rollback(office: Office, tx: Tx, actor: Actor, run_id: int, shown: str) -> Run:
    """Roll back to what is chosen, or else to what is recommended; `shown` is the card's fingerprint.

    Raises:
        Refusal: the actor may not, something is open or unknown, or the card was drawn before something changed.
    """
    run, _ = waiting(tx, run_id, "rollback")
    require(actor, "rollback", office.runbook, say("roll back"))
    choice = chosen(tx, run)
    _check_ready(office, tx, actor, run, choice)
    dangers = dangers_of(office, tx, run, ahead_of(run, choice))
    if shown != fingerprint(choice, dangers):
        raise Refusal(say("Nothing was started: the card showed something else. Look at it again, then confirm."))
    return accept(office, tx, actor, run, dangers)


def _check_ready(office: Office, tx: Tx, actor: Actor, run: Run, choice: Mapping[str, str]) -> None:
    if "confirmed" in run.inputs:
        raise Refusal(say("Nothing was changed: it is confirmed already and starts in a moment."))
    missing = [target for target in run.targets if not choice.get(target)]
    if missing:
        raise Refusal(say("Nobody has chosen where to go back to for {services}.", services=listing(missing)))
    if taken := taken_words(tx, run):
        tx.cards.touch(run.id)
        raise Refusal(taken)
    if "emergency" in run.inputs:
        return
    left = open_required(office.procedure_of(tx, run), run, records_of(tx, run.id), "before")
    if left:
        raise Refusal(say("The checklist is not finished; still open: {items}.", items=listing(left, most=3)))
    if needs_another(office, tx, run) and same_person(office, tx, actor.user, run.requested_by):
        raise Refusal(say("You asked for this rollback, so somebody else has to confirm it."))
    if why := requester_lost(office, tx, run):
        raise Refusal(say("Nothing was started: {why}. Ask for it anew with /rollback.", why=why))


def taken_words(tx: Tx, run: Run) -> str:
    """Which other run has production, and what can be done; empty when none has."""
    holder = tx.locks.holder(run.environment) if run.environment else None
    other = tx.runs.get(holder) if holder not in (None, run.id) else None
    if other is None:
        return ""
    words = say("Run {id} ({title}) has production.", id=other.id, title=other.title)
    if other.kind != "deploy":
        return words + say(" Wait until it ends, or cancel it first.")
    return words + say(" Wait until it ends, or abort it with the button on the card of this rollback.")


def accept(
    office: Office, tx: Tx, actor: Actor, run: Run, dangers: Sequence[str] = (), *, taken_over: bool = False
) -> Run:
    """Write the confirmation; the start looks once more at what is new since."""
    choice = chosen(tx, run)
    confirmed = {"by": actor.user, "at": tx.now.isoformat(), "choice": choice, "dangers": list(dangers)}
    second = None if same_person(office, tx, actor.user, run.requested_by) else actor.user
    kept = {name: value for name, value in run.inputs.items() if name != "voided"}
    run = tx.runs.save(run, approved_by=second, inputs={**kept, "confirmed": confirmed})
    said = {"title": run.title, "choice": choice, "dangers": list(dangers), "taken_over": taken_over}
    tx.timeline.record("run.confirmed", actor, run.id, **said)
    tx.effects.plan("rollback.start", f"run:{run.id}:rollback", {}, run_id=run.id, priority=FIRST)
    tx.cards.touch(run.id)
    return run


def accept_if_ready(office: Office, tx: Tx, actor: Actor, run: Run) -> None:
    """Confirm a rollback whose turn has come, when it is known where to; what else stands in its way is shown."""
    if run.state is not RunState.WAITING or "confirmed" in run.inputs:
        return
    if _looks_still(office, tx, run):
        tx.runs.save(run, inputs={**run.inputs, "goes_on_for": actor.user})
        return
    run = tx.runs.save(run, inputs={name: each for name, each in run.inputs.items() if name != "goes_on_for"})
    try:
        _check_ready(office, tx, actor, run, chosen(tx, run))
        if dangers_of(office, tx, run, ahead_of(run, chosen(tx, run))):
            raise Refusal(say("production is free now, and the database is ahead of that code"))
    except Refusal as refusal:
        _void(tx, run, refusal.sentence.rstrip("."))
    else:
        accept(office, tx, actor, run, taken_over=True)


def start_rollback(office: Office, tx: Tx, run_id: int, ahead: Ahead) -> None:
    """Start a confirmed rollback, or say what nobody knew when it was confirmed."""
    run = tx.runs.get(run_id)
    gates = tx.gates.find(run_id=run_id, kind=GateKind.START, state="open")
    if run is None or run.state is not RunState.WAITING or not gates or "confirmed" not in run.inputs:
        return
    confirmed = run.inputs["confirmed"]
    if ahead.choice != chosen(tx, run) or confirmed["choice"] != ahead.choice:
        return _void(tx, run, say("another deployment was chosen meanwhile"))
    if why := no_longer(office, tx, run, confirmed["by"]):
        return _void(tx, run, why)
    run = tx.runs.save(run, inputs={**run.inputs, "ahead": ahead.written()})
    new = set(dangers_of(office, tx, run, ahead)) - set(confirmed["dangers"])
    if new and "emergency" not in run.inputs:
        return _void(tx, run, say("the schema is further ahead than the card showed"))
    if taken := taken_words(tx, run):
        return _void(tx, run, taken.rstrip("."))
    _begin(office, tx, run, gates[0], confirmed["by"], ahead.choice)
    return None


def _begin(office: Office, tx: Tx, run: Run, gate: Gate, by: str, choice: Mapping[str, str]) -> Run:
    tx.gates.save(gate, state="answered", answer="start", answered_by=by, answered_at=tx.now)
    return activate(office, tx, run, ROBOT, inputs={**run.inputs, "choice": dict(choice)})


def _void(tx: Tx, run: Run, why: str, *dropped: str) -> None:
    """The confirmation does not count any more: it has to be given anew, knowing this."""
    by = run.inputs.get("confirmed", run.inputs.get("emergency", {})).get("by")
    kept = {name: value for name, value in run.inputs.items() if name not in ("confirmed", *dropped)}
    tx.runs.save(run, approved_by=None, inputs={**kept, "voided": why})
    tx.timeline.record("approval.void", ROBOT, run.id, title=run.title, why=why)
    tx.cards.touch(run.id)
    if by and by != ROBOT.user:
        words = say("⚠️ {title} (run {id}) did not start: {why}.", title=run.title, id=run.id, why=why)
        tell(tx, by, words + say(" See its card."))


def declare_emergency(office: Office, tx: Tx, actor: Actor, run_id: int, why: str) -> Run:
    """Start a waiting rollback without its approval and without what is open before it, in public."""
    run, _ = waiting(tx, run_id, "rollback")
    run = mark_emergency(office, tx, actor, run, why)
    choice = chosen(tx, run)
    _start_emergency(office, tx, run, ahead_of(run, choice) or Ahead(tx.now.isoformat(), choice, unasked=_NOT_YET))
    return run


def request_emergency(office: Office, tx: Tx, actor: Actor, asked: Asked, why: str) -> Run:
    """A rollback that starts by itself as soon as it is known where to go back to."""
    check_emergency(office, actor)
    return mark_emergency(office, tx, actor, rollback_here(office, tx, actor, asked), why)


_NOT_YET = "it was not looked at before the start"


def check_emergency(office: Office, actor: Actor) -> None:
    """Raise a Refusal unless the actor may roll back as an emergency."""
    require(actor, "emergency_rollback", office.runbook, say("start an emergency rollback"))


def mark_emergency(office: Office, tx: Tx, actor: Actor, run: Run, why: str) -> Run:
    """Make a rollback an emergency, and say so where deploys are talked about and where its cards stand."""
    check_emergency(office, actor)
    if "emergency" in run.inputs:
        raise Refusal(say("Nothing was changed: it is an emergency already."))
    reason = shorten(why.strip(), 300) or say("no reason was given")
    given = {"by": actor.user, "at": tx.now.isoformat(), "why": reason}
    run = tx.runs.save(run, inputs={**run.inputs, "emergency": given})
    tx.timeline.record("rollback.emergency", actor, run.id, title=run.title, why=reason)
    if not run.drill:
        _say_so(office, tx, actor, run, reason)
    return run


def _say_so(office: Office, tx: Tx, actor: Actor, run: Run, why: str) -> None:
    words = say(
        "🚨 {who} started an emergency rollback of {what} (run {id}), without another person's approval and without "
        "the checklist before it: {why}",
        who=mention(actor.user), what=names(office.runbook_of(tx, run), run.targets), id=run.id, why=why,
    )  # fmt: skip
    tell(tx, "devops", words)
    if run.channel and run.channel != office.team.channels.get("devops"):
        tell(tx, run.channel, words)


def _start_emergency(office: Office, tx: Tx, run: Run, ahead: Ahead) -> None:
    gates = tx.gates.find(run_id=run.id, kind=GateKind.START, state="open")
    if not gates or _looks_still(office, tx, run):
        return
    by = run.inputs["emergency"]["by"]
    if why := lost(office, tx, by, say("start an emergency rollback"), "emergency_rollback"):
        return _void(tx, run, f"{mention(by)} {why}", "emergency")
    missing = [target for target in run.targets if not ahead.choice.get(target)]
    if missing:
        return _void(tx, run, say("it is not known where to go back to for {services}", services=listing(missing)))
    if taken := taken_words(tx, run):
        return _void(tx, run, taken.rstrip("."))
    run = tx.runs.save(run, inputs={**run.inputs, "ahead": ahead.written()})
    _begin(office, tx, run, gates[0], by, ahead.choice)
    return None


def _looks_still(office: Office, tx: Tx, run: Run) -> bool:
    """Whether a listing is under way or has yet to begin: what it recommends is waited for."""
    records = records_of(tx, run.id)
    listings = [step for _, step in office.procedure_of(tx, run).steps() if isinstance(step, VercelList)]
    found = [records[step.id] for step in listings if step.id in records and step.starts == "auto"]
    return any(each.state is StepState.STARTED or (each.state is StepState.OPEN and not each.attempt) for each in found)
