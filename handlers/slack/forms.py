"""Forms come back: each is one transaction. A Refusal shows at the field it is about, and nothing typed is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.deploys import approve as approval
from bot.deploys import emergency, undo
from bot.deploys.request import Asked
from bot.incidents import conduct
from bot.incidents.declare import Declaration, clean_title
from bot.office import Office
from bot.people import Actor
from bot.ports import Tx
from bot.runs import items
from bot.runs.items import StepRef
from bot.text import say
from handlers.slack.deploys.command import ask_deploy
from handlers.slack.incidents.command import declare_it
from handlers.slack.interaction import ids
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.references import read_ref
from handlers.slack.interaction.requests import Form, Reply
from handlers.slack.interaction.visibility import seen
from handlers.slack.parsing.text import visible
from handlers.slack.restores import command as restore


async def answer(door: Door, form: Form) -> Reply:
    """Carry a form out; raises a Refusal to show at the field of the form that `FIELDS` names."""
    handler = FORMS.get(form.callback)
    form = replace(form, fields={name: door.mask(value) for name, value in form.fields.items()})
    return await handler(door, form) if handler else Reply()


async def _declare(door: Door, form: Form) -> Reply:
    clean_title(form.fields["title"])
    drill = form.fields.get("drill") == "drill"
    asked = Declaration(form.fields["severity"], form.fields["title"], drill, form.about or None)
    return await declare_it(door, form.order, asked)


async def _deploy(door: Door, form: Form) -> Reply:
    place = form.about or door.desk.office.team.channels.get("devops") or form.order.actor.user
    ref = visible(form.fields["ref"]).strip()
    return await ask_deploy(door, form.order, Asked(form.fields["target"], place, ref=ref))


async def _note(door: Door, form: Form) -> Reply:
    number = int(form.fields.get("incident") or form.about)
    made = await door.desk.once(form.order.identity, conduct.note, form.order.actor, number, form.fields["text"])
    return Reply(say("📝 Noted in the timeline of incident {id}.", id=number) if made else "")


async def _resolve(door: Door, form: Form) -> Reply:
    text = form.fields.get("text", "")
    await door.desk.once(form.order.identity, conduct.resolve, form.order.actor, int(form.about), text)
    return Reply()


async def _skip(door: Door, form: Form) -> Reply:
    ref = read_ref(form.fields["item"])
    assert isinstance(ref, StepRef)
    await door.desk.once(form.order.identity, _skip_seen, form.order.actor, ref, form.fields["reason"])
    return Reply()


def _skip_seen(office: Office, tx: Tx, actor: Actor, ref: StepRef, reason: str) -> object:
    return items.skip(office, tx, actor, seen(office, tx, actor, ref), reason)


async def _override(door: Door, form: Form) -> Reply:
    gate, why = form.fields["gate"], form.fields["reason"]
    await door.desk.once(form.order.identity, approval.override, form.order.actor, int(form.about), gate, why)
    return Reply()


async def _emergency(door: Door, form: Form) -> Reply:
    """Start an emergency rollback: of a run that waits, or a new one."""
    why, (kind, *about) = form.fields["reason"], form.about.split(":", 2)
    if kind == "run":
        await door.desk.once(form.order.identity, emergency.declare_emergency, form.order.actor, int(about[0]), why)
        return Reply()
    asked = Asked(about[0], about[1])
    await door.desk.once(form.order.identity, emergency.request_emergency, form.order.actor, asked, why)
    return Reply()


async def _undo(door: Door, form: Form) -> Reply:
    """Undo the rollback that the form was about, as it was shown."""
    number, _, shown = form.about.partition(":")
    await door.desk.once(form.order.identity, undo.undo_rollback, form.order.actor, int(number), shown)
    return Reply()


Handler = Callable[[Door, Form], Awaitable[Reply]]
FORMS: dict[str, Handler] = {
    ids.INCIDENT_DECLARE: _declare,
    ids.DEPLOY_REQUEST: _deploy,
    ids.INCIDENT_NOTE: _note,
    ids.INCIDENT_RESOLVE: _resolve,
    ids.STEP_SKIP: _skip,
    ids.RESTORE_CHOOSE: restore.chosen,
    ids.RESTORE_APPROVE: restore.approved,
    ids.GATE_OVERRIDE: _override,
    ids.ROLLBACK_EMERGENCY: _emergency,
    ids.RUN_UNDO: _undo,
}
FIELDS = {
    ids.INCIDENT_DECLARE: "title",
    ids.DEPLOY_REQUEST: "ref",
    ids.INCIDENT_NOTE: "text",
    ids.INCIDENT_RESOLVE: "text",
    ids.STEP_SKIP: "reason",
    ids.RESTORE_CHOOSE: "typed",
    ids.RESTORE_APPROVE: "typed",
    ids.GATE_OVERRIDE: "reason",
    ids.ROLLBACK_EMERGENCY: "reason",
    ids.RUN_UNDO: "sure",
}
"""The field at which a form's refusal is shown."""
