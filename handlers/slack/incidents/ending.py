"""The forms that resolve and close an incident: they ask what is to become of each required item that is open."""

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents import conduct
from bot.incidents.model import Incident
from bot.incidents.windows import settle
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.steps import AnyStep
from bot.runs.checklist.counting import open_items
from bot.runs.model import Run, StepRecord
from bot.runs.start import records_of
from bot.text import plural, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, context, modal, option, select_input, text_input
from handlers.slack.blocks.references import IncidentRef, read_as
from handlers.slack.incidents.forms import PRIVACY
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import decide, look

ITEM = "item."
"""What the name of an item's field begins with."""
DONE, UNNEEDED, OPEN = "done", "unneeded", "open"
ASKED = 40
"""Items that a form asks about; a form has at most 100 blocks."""
Left = list[tuple[str, str]]
"""Id and text of the required items that are open."""


async def open_resolve(context: Context, click: Click) -> Reply:
    """Open the form that resolves an incident."""
    return Reply(modal=await look(context, click, IncidentRef, lambda *about: resolve_form(*_left_of(*about))))


async def open_close(context: Context, click: Click) -> Reply:
    """Close it, or first ask what is to become of what is open."""
    number, left = await look(context, click, IncidentRef, _left_of)
    if left:
        return Reply(modal=close_form(number, left))
    await decide(context, click, IncidentRef, lambda domain, tx, actor, ref: conduct.close(domain, tx, actor, number))
    return Reply()


def _left_of(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> tuple[int, Left]:
    incident = conduct.may_conduct(domain, tx, actor, ref.number)
    left = open_required(domain, tx, conduct.run_of(tx, incident))
    return incident.id, [(step.id, step.text) for step, _ in left]


def open_required(domain: Domain, tx: Tx, run: Run) -> list[tuple[AnyStep, StepRecord]]:
    """The required items of an incident's checklist that are neither done nor skipped."""
    found = open_items(run, domain.procedure_of(tx, run), records_of(tx, run.id), "main")
    return [(step, record) for step, record in found if step.required]


def left_words(domain: Domain, tx: Tx, incident: Incident) -> str:
    """How many required items are still open; nothing when none is."""
    count = len(open_required(domain, tx, conduct.run_of(tx, incident)))
    return (
        plural("{count} required item is still open.", "{count} required items are still open.", count) if count else ""
    )


def resolve_form(number: int, left: Left) -> Block:
    """How it was resolved, and what becomes of what is open."""
    label = say("What was the cause, and what fixed it?")
    cause = text_input(label, "text", multiline=True, limit=1000, optional=True, hint=say(PRIVACY))
    blocks = [cause, *_questions(left)]
    about = IncidentRef(number)
    return modal(say("Resolve the incident"), ids.INCIDENT_RESOLVE, blocks, submit=say("Resolve"), about=about)


def close_form(number: int, left: Left) -> Block:
    """What becomes of what is open when the incident is closed."""
    locked = context(say("The checklist is locked. /incident reopen opens it again."))
    blocks = [*_questions(left), locked]
    return modal(say("Close the incident"), ids.INCIDENT_CLOSE, blocks, submit=say("Close"), about=IncidentRef(number))


def _questions(left: Left) -> list[Block]:
    if not left:
        return []
    options = [option(say("Leave it open"), OPEN), option(say("Done"), DONE), option(say("Not needed"), UNNEEDED)]
    count = context(plural("{count} required item is still open:", "{count} required items are still open:", len(left)))
    fields = [select_input(shorten(text, 150), f"{ITEM}{name}", options, options[0]) for name, text in left[:ASKED]]
    why = text_input(say("Why are those items not needed?"), "reason", limit=500, optional=True)
    return [count, *fields, why]


async def resolve(context: Context, form: Form) -> Reply:
    """Settle what was said of the items, and resolve the incident."""
    await context.transactions.once(form.request.identity, _resolve, form.request.actor, form)
    return Reply()


async def close(context: Context, form: Form) -> Reply:
    """Settle what was said of the items, and close the incident."""
    await context.transactions.once(form.request.identity, _close, form.request.actor, form)
    return Reply()


def _resolve(domain: Domain, tx: Tx, actor: Actor, form: Form) -> object:
    number = _settled(domain, tx, actor, form)
    return conduct.resolve(domain, tx, actor, number, form.fields.get("text", ""))


def _close(domain: Domain, tx: Tx, actor: Actor, form: Form) -> object:
    return conduct.close(domain, tx, actor, _settled(domain, tx, actor, form))


def _settled(domain: Domain, tx: Tx, actor: Actor, form: Form) -> int:
    """Tick and skip as the form says; the number of its incident."""
    incident = conduct.may_conduct(domain, tx, actor, read_as(IncidentRef, form.about).number)
    chosen = {name.removeprefix(ITEM): value for name, value in form.fields.items() if name.startswith(ITEM)}
    done = [name for name, value in chosen.items() if value == DONE]
    unneeded = [name for name, value in chosen.items() if value == UNNEEDED]
    reason = form.fields.get("reason", "").strip()
    if unneeded and not reason:
        raise Refusal(say("Write why the items are not needed: it is shown in the list and in the timeline."))
    settle(domain, tx, actor, incident.run_id, done, unneeded, reason)
    return incident.id
