"""Clicks: each is one transaction, and leaves its trace in the timeline even when it is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot import delivery
from bot.alerts.again import AlertRef, page_again
from bot.deploys import approve as approval
from bot.deploys import back, confirm
from bot.deploys import decide as choosing
from bot.deploys.back import PromoteRef
from bot.deploys.request import Asked, request_rollback, start_from_step
from bot.errors import Refusal
from bot.holds.holds import HoldRef, keep, lift_this
from bot.incidents import conduct
from bot.incidents.access import may_see_outputs
from bot.office import Office
from bot.people import Actor, require
from bot.ports import Tx
from bot.runs import items
from bot.runs.items import GateRef, StepRef
from bot.runs.model import Run
from bot.text import listing, say
from handlers.slack import openers
from handlers.slack.health import command as health
from handlers.slack.interaction import ids
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.references import CommitRef, IncidentRef, Ref, RunRef, ShownRef, write_ref
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import Deed, decide
from handlers.slack.interaction.visibility import NOTHING
from handlers.slack.restores import command as restore

R = TypeVar("R", bound=Ref)


async def answer(door: Door, click: Click) -> Reply:
    """Carry a click out; raises a Refusal with the sentence to show."""
    handler = ACTIONS.get(click.action)
    if handler is None:
        raise Refusal(say("This button is from an older NeonOps and does nothing any more."))
    return await handler(door, click)


def _step(deed: "Deed[StepRef, object]") -> "Handler":
    return _about(StepRef, deed)


def _run(deed: Callable[[Office, Tx, Actor, int], object]) -> "Handler":
    return _about(RunRef, lambda office, tx, actor, ref: deed(office, tx, actor, ref.run_id))


def _gate(choice: str) -> "Handler":
    return _about(GateRef, lambda office, tx, actor, ref: items.answer_gate(office, tx, actor, ref, choice))


def _incident(deed: Callable[[Office, Tx, Actor, int], object]) -> "Handler":
    return _about(IncidentRef, lambda office, tx, actor, ref: deed(office, tx, actor, ref.number))


def _about(kind: type[R], deed: "Deed[R, object]", said: str = "") -> "Handler":
    """One transaction about what the button refers to; `said` is told to the person when it was done."""

    async def handle(door: Door, click: Click) -> Reply:
        done = await decide(door, click, kind, deed)
        return Reply(say(said) if done and said else "")

    return handle


def _start(office: Office, tx: Tx, actor: Actor, ref: StepRef) -> object:
    """Start the procedure that an item names."""
    item = items.find_item(office, tx, ref.run_id, ref.step_id)
    items.may_work(office, tx, actor, item.run)
    items.check_fresh(ref, item.record)
    return start_from_step(office, tx, actor, item.run, ref.step_id)


def _approve(office: Office, tx: Tx, actor: Actor, ref: CommitRef) -> object:
    """Approve the commit that the card showed when it was clicked."""
    return approval.approve(office, tx, actor, ref.run_id, ref.sha)


def _confirm(office: Office, tx: Tx, actor: Actor, ref: ShownRef) -> object:
    """Confirm the rollback that the card showed when it was clicked."""
    return confirm.confirm_rollback(office, tx, actor, ref.run_id, ref.shown)


async def _choose(door: Door, click: Click) -> Reply:
    """Choose where a rollback goes back to; a menu's option carries no reference."""
    run_id, service, deployment = [*click.value.split("|", 2), "", ""][:3]
    about = replace(click, value=write_ref(RunRef(int(run_id) if run_id.isdecimal() else NOTHING)))
    await decide(door, about, RunRef, lambda office, tx, actor, ref: choosing.choose(
        office, tx, actor, ref.run_id, service, deployment))  # fmt: skip
    return Reply()


def _ask_rollback(office: Office, tx: Tx, actor: Actor, run_id: int) -> object:
    """Ask for a rollback of what a run deployed: its card shows where to, and asks before it acts."""
    run = tx.runs.get(run_id)
    if run is None:
        raise Refusal(say("This run does not exist any more."))
    return request_rollback(office, tx, actor, Asked(_target_of(office, run), run.channel or actor.user))


def _target_of(office: Office, run: Run) -> str:
    """What a run deployed, as it is asked for now; a Refusal when the services are others by now."""
    known = [service.id for service in office.runbook.services]
    if len(run.targets) == 1 and run.targets[0] in known:
        return run.targets[0]
    if set(run.targets) == set(known):
        return "all"
    raise Refusal(
        say("The runbook has other services by now: type /rollback and one of {known}.", known=listing([*known, "all"]))
    )


async def _output(door: Door, click: Click) -> Reply:
    """Post a step's whole output into the thread of its card."""

    def deed(office: Office, tx: Tx, actor: Actor, ref: StepRef) -> object:
        item = items.find_item(office, tx, ref.run_id, ref.step_id)
        may_see_outputs(office, tx, actor, item.run)
        if not item.record.output:
            raise Refusal(say("There is no output of this step."))
        return _post_file(tx, click, "file", ref.run_id, {"path": item.record.output, "title": item.step.text})

    await decide(door, click, StepRef, deed)
    return Reply()


def _post_file(tx: Tx, click: Click, kind: str, run_id: int, what: dict[str, str]) -> object:
    payload = {"channel": click.order.channel, "ts": click.message_ts, **what}
    return tx.effects.plan(kind, f"run:{run_id}:file", payload, run_id=run_id)


async def _log(door: Door, click: Click) -> Reply:
    """Post all that the run's steps printed into the thread of its card."""

    def deed(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> object:
        run = tx.runs.get(ref.run_id)
        if run is None:
            raise Refusal(say("This run does not exist any more."))
        may_see_outputs(office, tx, actor, run)
        return _post_file(tx, click, "log", run.id, {"title": say("Full log of run {id}", id=run.id)})

    await decide(door, click, RunRef, deed)
    return Reply()


def _revive(office: Office, tx: Tx, actor: Actor, run_id: int) -> object:
    if tx.runs.get(run_id) is None:
        raise Refusal(say("This run does not exist any more."))
    require(actor, "respond", office.runbook, say("try it again"))
    return delivery.revive(office, tx, run_id)


async def _nothing(door: Door, click: Click) -> Reply:
    return Reply()


Handler = Callable[[Door, Click], Awaitable[Reply]]
ACTIONS: dict[str, Handler] = {
    ids.STEP_TICK: _step(items.tick),
    ids.STEP_UNTICK: _step(items.untick),
    ids.STEP_RUN: _step(items.run_step),
    ids.STEP_START: _step(_start),
    ids.STEP_SKIP: openers.skip,
    ids.STEP_OUTPUT: _output,
    ids.ALERT_PAGE: _about(AlertRef, page_again),
    ids.GATE_RETRY: _gate("retry"),
    ids.GATE_DONE: _gate("done"),
    ids.GATE_AGAIN: _gate("again"),
    ids.GATE_ABORT: _gate("abort"),
    ids.RUN_APPROVE: _about(CommitRef, _approve),
    ids.GATES_AGAIN: _run(approval.check_again),
    ids.GATE_OVERRIDE: openers.override,
    ids.RUN_CONFIRM: _about(ShownRef, _confirm),
    ids.RUN_ROLL_BACK: _run(back.abort_and_roll_back),
    ids.RUN_PROMOTE: _about(PromoteRef, back.promote_newest),
    ids.RUN_TAKE_OVER: _run(back.take_over),
    ids.RUN_UNDO: openers.undo_rollback,
    ids.RUN_CANCEL: _run(choosing.cancel),
    ids.RUN_LOG: _log,
    ids.RUN_REVIVE: _run(_revive),
    ids.ROLLBACK_REQUEST: _run(_ask_rollback),
    ids.ROLLBACK_CHOOSE: _choose,
    ids.RESTORE_CHOOSE: restore.open_choice,
    ids.RESTORE_APPROVE: restore.open_approval,
    ids.HOLD_LIFT: _about(HoldRef, lift_this, "🔓 Deploys are not locked any more."),
    ids.HOLD_KEEP: _about(HoldRef, keep, "🔒 The lock stands for another 24 hours, then it ends by itself."),
    ids.ROLLBACK_EMERGENCY: openers.emergency,
    ids.INCIDENT_NOTE: openers.note,
    ids.INCIDENT_RESOLVE: openers.resolve,
    ids.INCIDENT_CLOSE: _incident(conduct.close),
    ids.INCIDENT_REOPEN: _incident(conduct.reopen),
    ids.INCIDENT_DECLARE: openers.declare,
    ids.DEPLOY_REQUEST: openers.deploy,
    ids.HEALTH_AGAIN: health.again,
    ids.LINK: _nothing,
}
