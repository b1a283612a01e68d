"""Confirming and starting a rollback: bound to what the card showed, compared with the schema again at the start.

The click writes the confirmation and plans `rollback.start`; that effect asks the outside once more and then, in one
transaction, starts the run or says what is new. An emergency starts as soon as it is known where to.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.deploys.rollbacks.confirmers import needs_another, no_longer, requester_lost
from bot.deploys.rollbacks.decide import candidates, chosen
from bot.deploys.rollbacks.emergency import start_emergency
from bot.deploys.rollbacks.start import begin, still_looking, taken_words, void
from bot.deploys.rollbacks.unpinning import outdated
from bot.domain import Domain
from bot.effects import FIRST
from bot.errors import Refusal
from bot.people import Actor, require_one
from bot.ports import Tx
from bot.power.persons import same_person
from bot.power.standing import actor_of
from bot.production.inputs.rollback import Ahead, Confirmed, RollbackInputs
from bot.runbook.model import Runbook
from bot.runs.model import GateKind, Run, RunState
from bot.runs.start import open_required, records_of
from bot.runs.waiting.gates import waiting
from bot.text import listing, say


def what_to_compare(domain: Domain, tx: Tx, run_id: int) -> tuple[Runbook, dict[str, str], dict[str, dict[str, Any]]]:
    """The runbook of a rollback, where it would go now, and what its listings found."""
    run = tx.runs.get(run_id)
    assert run
    return domain.runbook_of(tx, run), chosen(tx, run), candidates(tx, run)


def fingerprint(choice: Mapping[str, str], dangers: Sequence[str]) -> str:
    """What a card showed: where to, and what has to be confirmed a second time."""
    return hashlib.sha256(json.dumps([sorted(choice.items()), sorted(dangers)]).encode()).hexdigest()[:16]


def dangers_of(domain: Domain, tx: Tx, run: Run, ahead: Ahead | None) -> tuple[str, ...]:
    """What of the schema the runbook calls dangerous."""
    return ahead.dangers(domain.runbook_of(tx, run).rollbacks.dangerous) if ahead else ()


def looked(domain: Domain, tx: Tx, run_id: int, ahead: Ahead) -> None:
    """Keep what was found for the card; an emergency starts when it is known where to go back to."""
    run = tx.runs.get(run_id)
    if run is None or run.state.ended or ahead.choice != chosen(tx, run):
        return
    run = tx.runs.save(run, inputs=replace(RollbackInputs.of(run), ahead=ahead))
    tx.cards.touch(run.id)
    inputs = RollbackInputs.of(run)
    if run.state is RunState.WAITING and inputs.emergency:
        start_emergency(domain, tx, run, ahead)
    elif by := inputs.goes_on_for:
        accept_if_ready(domain, tx, actor_of(domain, tx, by), run)


def confirm_rollback(domain: Domain, tx: Tx, actor: Actor, run_id: int, shown: str) -> Run:
    """Roll back to what is chosen, or else to what is recommended; `shown` is the card's fingerprint.

    Raises:
        Refusal: the actor may not, something is open or unknown, or the card was drawn before something changed.
    """
    run, _ = waiting(tx, run_id, "rollback")
    require_one(actor, run.kind.approve, domain.runbook, say("roll back"))
    choice = chosen(tx, run)
    _check_ready(domain, tx, actor, run, choice)
    dangers = dangers_of(domain, tx, run, RollbackInputs.of(run).ahead_of(choice))
    if shown != fingerprint(choice, dangers):
        raise Refusal(say("Nothing was started: the card has changed since. Review it again, then confirm."))
    return accept(domain, tx, actor, run, dangers)


def _check_ready(domain: Domain, tx: Tx, actor: Actor, run: Run, choice: Mapping[str, str]) -> None:
    inputs = RollbackInputs.of(run)
    if inputs.confirmed:
        raise Refusal(say("Nothing was changed: it is already confirmed and starts in a moment."))
    if why := outdated(tx, run):
        raise Refusal(say("Nothing was started: {why}. Cancel it and request it again.", why=why))
    missing = [target for target in run.targets if not choice.get(target)]
    if missing:
        raise Refusal(say("No deployment has been chosen for {services}.", services=listing(missing)))
    if taken := taken_words(tx, run):
        tx.cards.touch(run.id)
        raise Refusal(taken)
    if inputs.emergency:
        return
    left = open_required(domain.procedure_of(tx, run), run, records_of(tx, run.id), "before")
    if left:
        raise Refusal(say("The checklist is not complete. Still open: {items}.", items=listing(left, most=3)))
    if needs_another(domain, tx, run) and same_person(domain, tx, actor.user, run.requested_by):
        raise Refusal(say("You requested this rollback, so another person must confirm it."))
    if why := requester_lost(domain, tx, run):
        raise Refusal(say("Nothing was started: {why}. Request it again with /rollback.", why=why))


def accept(
    domain: Domain, tx: Tx, actor: Actor, run: Run, dangers: Sequence[str] = (), *, taken_over: bool = False
) -> Run:
    """Write the confirmation; the start looks once more at what is new since."""
    choice = chosen(tx, run)
    confirmed = Confirmed(actor.user, tx.now.isoformat(), choice, tuple(dangers))
    second = None if same_person(domain, tx, actor.user, run.requested_by) else actor.user
    inputs = replace(RollbackInputs.of(run), voided=None, confirmed=confirmed)
    run = tx.runs.save(run, approved_by=second, inputs=inputs)
    said = {"title": run.title, "choice": choice, "dangers": list(dangers), "taken_over": taken_over}
    tx.timeline.record("run.confirmed", actor, run.id, **said)
    tx.effects.plan("rollback.start", f"run:{run.id}:rollback", {}, run_id=run.id, priority=FIRST)
    tx.cards.touch(run.id)
    return run


def accept_if_ready(domain: Domain, tx: Tx, actor: Actor, run: Run) -> None:
    """Confirm a rollback whose turn has come, when it is known where to; what else stands in its way is shown."""
    inputs = RollbackInputs.of(run)
    if run.state is not RunState.WAITING or inputs.confirmed:
        return
    if still_looking(domain, tx, run):
        tx.runs.save(run, inputs=replace(inputs, goes_on_for=actor.user))
        return
    run = tx.runs.save(run, inputs=replace(inputs, goes_on_for=None))
    try:
        _check_ready(domain, tx, actor, run, chosen(tx, run))
        if dangers_of(domain, tx, run, RollbackInputs.of(run).ahead_of(chosen(tx, run))):
            raise Refusal(say("the other run has ended, and the database is ahead of that code"))
    except Refusal as refusal:
        void(domain, tx, run, refusal.sentence.rstrip("."))
    else:
        accept(domain, tx, actor, run, taken_over=True)


def start_rollback(domain: Domain, tx: Tx, run_id: int, ahead: Ahead) -> None:
    """Start a confirmed rollback, or say what nobody knew when it was confirmed."""
    run = tx.runs.get(run_id)
    gates = tx.gates.find(run_id=run_id, kind=GateKind.START, state="open")
    confirmed = RollbackInputs.of(run).confirmed if run else None
    if run is None or run.state is not RunState.WAITING or not gates or confirmed is None:
        return
    if ahead.choice != chosen(tx, run) or confirmed.choice != ahead.choice:
        return void(domain, tx, run, say("another deployment was chosen in the meantime"))
    if why := outdated(tx, run) or no_longer(domain, tx, run, confirmed.by):
        return void(domain, tx, run, why)
    run = tx.runs.save(run, inputs=replace(RollbackInputs.of(run), ahead=ahead))
    new = set(dangers_of(domain, tx, run, ahead)) - set(confirmed.dangers)
    if new and not RollbackInputs.of(run).emergency:
        return void(domain, tx, run, say("the schema is further ahead than the card showed"))
    if taken := taken_words(tx, run):
        return void(domain, tx, run, taken.rstrip("."))
    begin(domain, tx, run, gates[0], confirmed.by, ahead.choice)
    return None
