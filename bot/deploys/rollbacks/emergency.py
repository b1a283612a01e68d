"""Emergency rollbacks: asked for once, without another person's approval; started as soon as it is known where to."""

from dataclasses import replace

from bot.deploys.request import Asked, names
from bot.deploys.rollbacks.decide import chosen
from bot.deploys.rollbacks.incident_item import rollback_here
from bot.deploys.rollbacks.start import begin, still_looking, taken_words, void
from bot.deploys.rollbacks.unpinning import outdated
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor, mention, require
from bot.ports import Tx
from bot.power.standing import lost
from bot.production.inputs.rollback import Ahead, Emergency, RollbackInputs
from bot.runs.model import GateKind, Run
from bot.runs.waiting.gates import waiting
from bot.text import say, shorten


def declare_emergency(domain: Domain, tx: Tx, actor: Actor, run_id: int, why: str) -> Run:
    """Start a waiting rollback without its approval and without what is open before it, in public."""
    run, _ = waiting(tx, run_id, "rollback")
    run = mark_emergency(domain, tx, actor, run, why)
    choice = chosen(tx, run)
    start_emergency(
        domain,
        tx,
        run,
        RollbackInputs.of(run).ahead_of(choice) or Ahead(tx.now.isoformat(), choice, unasked=say(_NOT_YET)),
    )
    return run


def request_emergency(domain: Domain, tx: Tx, actor: Actor, asked: Asked, why: str) -> Run:
    """A rollback that starts by itself as soon as it is known where to go back to."""
    check_emergency(domain, actor)
    return mark_emergency(domain, tx, actor, rollback_here(domain, tx, actor, asked), why)


_NOT_YET = "it was not checked before the start"


def check_emergency(domain: Domain, actor: Actor) -> None:
    """Raise a Refusal unless the actor may roll back as an emergency."""
    require(actor, "emergency_rollback", domain.runbook, say("start an emergency rollback"))


def mark_emergency(domain: Domain, tx: Tx, actor: Actor, run: Run, why: str) -> Run:
    """Make a rollback an emergency. That it started is said when it has."""
    check_emergency(domain, actor)
    inputs = RollbackInputs.of(run)
    if inputs.emergency:
        raise Refusal(say("Nothing was changed: it is already an emergency."))
    reason = shorten(why.strip(), 300) or say("no reason was given")
    given = Emergency(actor.user, tx.now.isoformat(), reason)
    run = tx.runs.save(run, inputs=replace(inputs, emergency=given))
    tx.timeline.record("rollback.emergency", actor, run.id, title=run.title, why=reason)
    return run


def start_emergency(domain: Domain, tx: Tx, run: Run, ahead: Ahead) -> None:
    """Start an emergency when it is known where to go back to, or say why it did not start."""
    gates = tx.gates.find(run_id=run.id, kind=GateKind.START, state="open")
    inputs = RollbackInputs.of(run)
    if not gates or not inputs.emergency or still_looking(domain, tx, run):
        return
    by = inputs.emergency.by
    if why := lost(domain, tx, by, say("start an emergency rollback"), "emergency_rollback"):
        return void(domain, tx, run, f"{mention(by)} {why}", still_emergency=False)
    if why := outdated(tx, run):
        return void(domain, tx, run, why, still_emergency=False)
    missing = tuple(target for target in run.targets if not ahead.choice.get(target))
    if missing:
        return void(
            domain,
            tx,
            run,
            say(
                "the deployment to roll back to is unknown for {what}", what=names(domain.runbook_of(tx, run), missing)
            ),
        )
    if taken := taken_words(tx, run):
        return void(domain, tx, run, taken.rstrip("."))
    run = tx.runs.save(run, inputs=replace(inputs, ahead=ahead))
    begin(domain, tx, run, gates[0], by, ahead.choice)
    return None
