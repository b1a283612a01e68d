"""Buttons that open a form: only for who may fill it in."""

from bot.deploys import approve as approval
from bot.deploys import undo
from bot.deploys.emergency import check_emergency
from bot.deploys.inputs import DeployInputs
from bot.errors import Refusal
from bot.incidents import conduct
from bot.incidents.model import Incident
from bot.office import Office
from bot.people import Actor, require
from bot.ports import Tx
from bot.runs import items
from bot.runs.items import StepRef
from bot.runs.model import StepState
from bot.runs.plan import current_stage
from bot.runs.start import records_of
from bot.text import say
from handlers.slack.blocks import forms
from handlers.slack.blocks.elements import Block
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.references import IncidentRef, RunRef, read_ref, write_ref
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.rollbacks.undo import undo_form


async def skip(door: Door, click: Click) -> Reply:
    """Open the form in which an item is chosen (or is given) and its reason is written."""
    if isinstance(read_ref(click.value), StepRef):
        return Reply(modal=await look(door, click, StepRef, _skip_form))
    return Reply(modal=await look(door, click, RunRef, _skip_form))


def _skip_form(office: Office, tx: Tx, actor: Actor, ref: StepRef | RunRef) -> Block:
    run = tx.runs.get(ref.run_id)
    if run is None:
        raise Refusal(say("This item does not exist any more."))
    items.may_work(office, tx, actor, run)
    only = ref.step_id if isinstance(ref, StepRef) else None
    found = _skippable(office, tx, run.id, only)
    return forms.skip_form(str(run.id), found) if found else forms.nothing_to_skip()


def _skippable(office: Office, tx: Tx, run_id: int, only: str | None) -> list[tuple[str, str]]:
    """The items of the run's stage that are neither settled nor running."""
    run = tx.runs.get(run_id)
    assert run
    stages = ("main", "after") if run.kind == "incident" else (current_stage(run),)
    texts = {step.id: step.text for phase, step in office.procedure_of(tx, run).steps() if phase.stage in stages}
    records = [record for record in records_of(tx, run_id).values() if record.step_id in texts]
    left = [r for r in records if not r.state.settled and r.state is not StepState.STARTED]
    shown = [record for record in left if only in (None, record.step_id)]
    return [(texts[r.step_id], write_ref(StepRef(run_id, r.step_id, r.decision))) for r in shown]


async def note(door: Door, click: Click) -> Reply:
    """Open the form of a note."""
    found = await look(door, click, IncidentRef, _conducted)
    return Reply(modal=forms.note_form(found.id))


async def resolve(door: Door, click: Click) -> Reply:
    """Open the form that resolves an incident."""
    found = await look(door, click, IncidentRef, _conducted)
    return Reply(modal=forms.resolve_form(found.id))


def _conducted(office: Office, tx: Tx, actor: Actor, ref: IncidentRef) -> Incident:
    return conduct.may_conduct(office, tx, actor, ref.number)


async def override(door: Door, click: Click) -> Reply:
    """Open the form in which a failed gate is chosen and the reason is written."""
    return Reply(modal=await look(door, click, RunRef, _override_form))


def _override_form(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    run, _ = approval.waiting(tx, ref.run_id, "deploy")
    require(actor, "override", office.runbook, say("override a gate"))
    failed = [(gate.why, gate.id) for gate in DeployInputs.of(run).failed if gate.overridable]
    if not failed:
        raise Refusal(say("Nothing stands in the way that could be overridden."))
    return forms.override_form(run.id, failed)


async def emergency(door: Door, click: Click) -> Reply:
    """Open the form that makes a waiting rollback an emergency."""
    return Reply(modal=await look(door, click, RunRef, _emergency_form))


def _emergency_form(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    check_emergency(office, actor)
    run, _ = approval.waiting(tx, ref.run_id, "rollback")
    return forms.emergency_form(run.title, f"run:{run.id}")


async def undo_rollback(door: Door, click: Click) -> Reply:
    """Open the form that names what an undo makes live again, and what is known of it."""
    return Reply(modal=await look(door, click, RunRef, _undo_form))


def _undo_form(office: Office, tx: Tx, actor: Actor, ref: RunRef) -> Block:
    plan = undo.plan_undo(office, tx, actor, ref.run_id)
    return undo_form(ref.run_id, plan, undo.fingerprint(plan), second=office.runbook.rollbacks.approval)


async def declare(door: Door, click: Click) -> Reply:
    """Open the form that declares an incident."""
    return Reply(modal=forms.declare_form(door.runbook))


async def deploy(door: Door, click: Click) -> Reply:
    """Open the form that asks for a deploy."""
    return Reply(modal=forms.deploy_form(door.runbook, door.desk.office.team.channels.get("devops", "")))
