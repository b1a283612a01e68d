"""Clicks: each is one transaction, and leaves its trace in the timeline even when it is refused."""

from collections.abc import Awaitable, Callable

from bot import delivery
from bot.deploys import approve as approval
from bot.deploys import back, confirm, decide
from bot.deploys.back import PromoteRef
from bot.deploys.holds import HoldRef, keep, lift_this
from bot.deploys.request import Asked, request_rollback, start_from_step
from bot.errors import Refusal
from bot.incidents import conduct
from bot.office import Office
from bot.people import Actor, require
from bot.ports import Tx
from bot.runs import items
from bot.runs.items import GateRef, StepRef
from bot.runs.log import may_look
from bot.runs.model import StepState
from bot.runs.plan import current_stage
from bot.runs.start import records_of
from bot.text import say
from handlers import ids
from handlers.blocks import forms
from handlers.refs import CommitRef, IncidentRef, RunRef, ShownRef, read_ref, write_ref
from handlers.slack import health, restore
from handlers.slack.door import Door
from handlers.slack.order import Click, Reply

Deed = Callable[[Office, Tx, Actor], object]


async def answer(door: Door, click: Click) -> Reply:
    """Carry a click out; raises a Refusal with the sentence to show."""
    handler = ACTIONS.get(click.action)
    if handler is None:
        raise Refusal(say("This button is from an older NeonOps and does nothing any more."))
    return await handler(door, click)


async def _decide(door: Door, click: Click, run_id: int, deed: Deed) -> Reply:
    """One transaction for the click. A refused one is undone whole; that it was refused is recorded in another."""
    identity, actor = click.order.identity, click.order.actor
    try:
        await door.desk.once(identity, deed, actor)
    except Refusal as refusal:
        await door.desk.once(identity, items.record_refusal, actor, run_id, click.action, refusal)
        raise
    return Reply()


def _step(deed: Callable[[Office, Tx, Actor, StepRef], object]) -> "Handler":
    async def handle(door: Door, click: Click) -> Reply:
        ref = read_ref(click.value)
        assert isinstance(ref, StepRef)
        return await _decide(door, click, ref.run_id, lambda office, tx, actor: deed(office, tx, actor, ref))

    return handle


def _run(deed: Callable[[Office, Tx, Actor, int], object]) -> "Handler":
    async def handle(door: Door, click: Click) -> Reply:
        ref = read_ref(click.value)
        assert isinstance(ref, RunRef)
        return await _decide(door, click, ref.run_id, lambda office, tx, actor: deed(office, tx, actor, ref.run_id))

    return handle


def _gate(choice: str) -> "Handler":
    async def handle(door: Door, click: Click) -> Reply:
        ref = read_ref(click.value)
        assert isinstance(ref, GateRef)
        gate = await door.desk.read(lambda tx: tx.gates.get(ref.gate_id))
        run_id = gate.run_id if gate else 0
        return await _decide(
            door, click, run_id, lambda office, tx, actor: items.answer_gate(office, tx, actor, ref, choice)
        )

    return handle


async def _start(door: Door, click: Click) -> Reply:
    """Start the procedure that an item names."""
    ref = read_ref(click.value)
    assert isinstance(ref, StepRef)

    def deed(office: Office, tx: Tx, actor: Actor) -> object:
        item = items.find_item(office, tx, ref.run_id, ref.step_id)
        items.may_work(office, tx, actor, item.run)
        items.check_fresh(ref, item.record)
        return start_from_step(office, tx, actor, item.run, ref.step_id)

    return await _decide(door, click, ref.run_id, deed)


async def _promote(door: Door, click: Click) -> Reply:
    """Promote what the card of a deploy offered at its pin."""
    ref = read_ref(click.value)
    assert isinstance(ref, PromoteRef)
    return await _decide(door, click, ref.run_id, lambda office, tx, actor: back.promote_newest(office, tx, actor, ref))


async def _choose(door: Door, click: Click) -> Reply:
    run_id, service, deployment = [*click.value.split("|", 2), "", ""][:3]
    number = int(run_id) if run_id.isdigit() else 0
    return await _decide(
        door, click, number, lambda office, tx, actor: decide.choose(office, tx, actor, number, service, deployment)
    )


def _ask_rollback(office: Office, tx: Tx, actor: Actor, run_id: int) -> object:
    """Ask for a rollback of what a run deployed: its card shows where to, and asks before it acts."""
    run = tx.runs.get(run_id)
    if run is None:
        raise Refusal(say("This run does not exist any more."))
    target = run.targets[0] if len(run.targets) == 1 else "all"
    return request_rollback(office, tx, actor, Asked(target, run.channel or actor.user))


async def _skip(door: Door, click: Click) -> Reply:
    """Open the form in which an item is chosen (or is given) and its reason is written."""
    ref = read_ref(click.value)
    run_id = ref.run_id if isinstance(ref, StepRef | RunRef) else 0
    only = ref.step_id if isinstance(ref, StepRef) else None
    found = await door.desk.look(_skippable, run_id, only)
    return Reply(modal=forms.skip_form(str(run_id), found) if found else forms.nothing_to_skip())


def _skippable(office: Office, tx: Tx, run_id: int, only: str | None) -> list[tuple[str, str]]:
    """The items of the run's stage that are neither settled nor running."""
    run = tx.runs.get(run_id)
    if run is None:
        return []
    stages = ("main", "after") if run.kind == "incident" else (current_stage(run),)
    texts = {step.id: step.text for phase, step in office.procedure_of(tx, run).steps() if phase.stage in stages}
    records = [record for record in records_of(tx, run_id).values() if record.step_id in texts]
    left = [r for r in records if not r.state.settled and r.state is not StepState.STARTED]
    shown = [record for record in left if only in (None, record.step_id)]
    return [(texts[r.step_id], write_ref(StepRef(run_id, r.step_id, r.decision))) for r in shown]


async def _output(door: Door, click: Click) -> Reply:
    """Post a step's whole output into the thread of its card."""
    ref = read_ref(click.value)
    assert isinstance(ref, StepRef)

    def deed(office: Office, tx: Tx, actor: Actor) -> object:
        item = items.find_item(office, tx, ref.run_id, ref.step_id)
        may_look(office, tx, actor, item.run)
        if not item.record.output:
            raise Refusal(say("There is no output of this step."))
        return _post_file(tx, click, "file", ref.run_id, {"path": item.record.output, "title": item.step.text})

    return await _decide(door, click, ref.run_id, deed)


def _post_file(tx: Tx, click: Click, kind: str, run_id: int, what: dict[str, str]) -> object:
    payload = {"channel": click.order.channel, "ts": click.message_ts, **what}
    return tx.effects.plan(kind, f"run:{run_id}:file", payload, run_id=run_id)


async def _log(door: Door, click: Click) -> Reply:
    """Post all that the run's steps printed into the thread of its card."""

    def deed(office: Office, tx: Tx, actor: Actor, run_id: int) -> object:
        run = tx.runs.get(run_id)
        if run is None:
            raise Refusal(say("This run does not exist any more."))
        may_look(office, tx, actor, run)
        return _post_file(tx, click, "log", run_id, {"title": say("Full log of run {id}", id=run_id)})

    return await _run(deed)(door, click)


def _number(click: Click) -> int:
    ref = read_ref(click.value)
    assert isinstance(ref, IncidentRef)
    return ref.number


async def _note(door: Door, click: Click) -> Reply:
    return Reply(modal=forms.note_form(_number(click)))


async def _resolve(door: Door, click: Click) -> Reply:
    return Reply(modal=forms.resolve_form(_number(click)))


async def _incident(door: Door, click: Click, deed: Callable[[Office, Tx, Actor, int], object]) -> Reply:
    number = _number(click)
    found = await door.desk.read(lambda tx: tx.incidents.get(number))
    run_id = found.run_id if found else 0
    return await _decide(door, click, run_id, lambda office, tx, actor: deed(office, tx, actor, number))


async def _close(door: Door, click: Click) -> Reply:
    return await _incident(door, click, conduct.close)


async def _reopen(door: Door, click: Click) -> Reply:
    return await _incident(door, click, conduct.reopen)


def _revive(office: Office, tx: Tx, actor: Actor, run_id: int) -> object:
    require(actor, "respond", office.runbook, say("try it again"))
    return delivery.revive(office, tx, run_id)


async def _approve(door: Door, click: Click) -> Reply:
    """Approve the commit that the card showed when it was clicked."""
    ref = read_ref(click.value)
    assert isinstance(ref, CommitRef)
    return await _decide(
        door, click, ref.run_id, lambda office, tx, actor: approval.approve(office, tx, actor, ref.run_id, ref.sha)
    )


async def _confirm(door: Door, click: Click) -> Reply:
    """Confirm the rollback that the card showed when it was clicked."""
    ref = read_ref(click.value)
    assert isinstance(ref, ShownRef)

    def deed(office: Office, tx: Tx, actor: Actor) -> object:
        return confirm.confirm_rollback(office, tx, actor, ref.run_id, ref.shown)

    return await _decide(door, click, ref.run_id, deed)


async def _emergency(door: Door, click: Click) -> Reply:
    """Open the form that makes a waiting rollback an emergency."""
    ref = read_ref(click.value)
    assert isinstance(ref, RunRef)
    confirm.check_emergency(door.desk.office, click.order.actor)
    run = await door.desk.read(lambda tx: tx.runs.get(ref.run_id))
    return Reply(modal=forms.emergency_form(run.title if run else "", f"run:{ref.run_id}"))


async def _override(door: Door, click: Click) -> Reply:
    """Open the form in which a failed gate is chosen and the reason is written."""
    ref = read_ref(click.value)
    assert isinstance(ref, RunRef)
    run = await door.desk.read(lambda tx: tx.runs.get(ref.run_id))
    gates = run.inputs.get("gates", []) if run else []
    failed = [(gate["why"], gate["id"]) for gate in gates if gate["verdict"] == "failed" and gate["overridable"]]
    if not failed:
        raise Refusal(say("Nothing stands in the way that could be overridden."))
    return Reply(modal=forms.override_form(ref.run_id, failed))


def _hold(deed: Callable[[Office, Tx, Actor, HoldRef], object], said: str) -> "Handler":
    """End or keep the hold that a reminder is about; the person who clicked sees that it worked."""

    async def handle(door: Door, click: Click) -> Reply:
        ref = read_ref(click.value)
        assert isinstance(ref, HoldRef)
        done = await door.desk.once(click.order.identity, deed, click.order.actor, ref)
        return Reply(say(said) if done else "")

    return handle


async def _declare(door: Door, click: Click) -> Reply:
    return Reply(modal=forms.declare_form(door.runbook))


async def _deploy(door: Door, click: Click) -> Reply:
    return Reply(modal=forms.deploy_form(door.runbook, door.desk.office.team.channels.get("devops", "")))


async def _nothing(door: Door, click: Click) -> Reply:
    return Reply()


Handler = Callable[[Door, Click], Awaitable[Reply]]
ACTIONS: dict[str, Handler] = {
    ids.STEP_TICK: _step(items.tick),
    ids.STEP_UNTICK: _step(items.untick),
    ids.STEP_RUN: _step(items.run_step),
    ids.STEP_START: _start,
    ids.STEP_SKIP: _skip,
    ids.STEP_OUTPUT: _output,
    ids.GATE_RETRY: _gate("retry"),
    ids.GATE_DONE: _gate("done"),
    ids.GATE_ABORT: _gate("abort"),
    ids.RUN_APPROVE: _approve,
    ids.GATES_AGAIN: _run(approval.check_again),
    ids.GATE_OVERRIDE: _override,
    ids.RUN_CONFIRM: _confirm,
    ids.RUN_ROLL_BACK: _run(back.abort_and_roll_back),
    ids.RUN_PROMOTE: _promote,
    ids.RUN_TAKE_OVER: _run(back.take_over),
    ids.RUN_UNDO: _run(back.undo_rollback),
    ids.RUN_CANCEL: _run(decide.cancel),
    ids.RUN_LOG: _log,
    ids.RUN_REVIVE: _run(_revive),
    ids.ROLLBACK_REQUEST: _run(_ask_rollback),
    ids.ROLLBACK_CHOOSE: _choose,
    ids.RESTORE_CHOOSE: restore.open_choice,
    ids.RESTORE_APPROVE: restore.open_approval,
    ids.HOLD_LIFT: _hold(lift_this, "🔓 Deploys are not locked any more."),
    ids.HOLD_KEEP: _hold(keep, "🔒 The lock stands for another 24 hours, then it ends by itself."),
    ids.ROLLBACK_EMERGENCY: _emergency,
    ids.INCIDENT_NOTE: _note,
    ids.INCIDENT_RESOLVE: _resolve,
    ids.INCIDENT_CLOSE: _close,
    ids.INCIDENT_REOPEN: _reopen,
    ids.INCIDENT_DECLARE: _declare,
    ids.DEPLOY_REQUEST: _deploy,
    ids.HEALTH_AGAIN: health.again,
    ids.LINK: _nothing,
}
