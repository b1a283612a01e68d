"""The forms of incidents: declaring and noting."""

from bot.domain import Domain
from bot.incidents import conduct
from bot.incidents.conduct import NOTE_LIMIT
from bot.incidents.declare import TITLE_LIMIT, Declaration, clean_title, declare
from bot.incidents.model import Incident
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runs.checklist.items import StepRef, find_item
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, option, select_input, text_input
from handlers.slack.blocks.references import ChannelRef, IncidentRef, read_as, read_ref
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.interaction.transactions import look

PRIVACY = "Please keep names and other data of patients out of Slack."


async def open_declare(context: Context, click: Click) -> Reply:
    """Open the form that declares an incident."""
    return Reply(modal=declare_form(context.runbook))


def declare_form(runbook: Runbook, channel: str = "") -> Block:
    """What is wrong, and how bad."""
    options = [option(severity.title, severity.id, severity.impact) for severity in runbook.severities]
    drills = [option(say("Real incident"), "real"), option(say("Drill"), "drill")]
    blocks = [
        select_input(say("Severity"), "severity", options, options[0]),
        text_input(
            say("What is wrong?"), "title", limit=TITLE_LIMIT, placeholder=say("Checkout is down"), hint=say(PRIVACY)
        ),
        select_input(say("Real or a drill?"), "drill", drills, drills[0]),
    ]
    return modal(
        say("Declare an incident"), ids.INCIDENT_DECLARE, blocks, submit=say("Declare"), about=ChannelRef(channel)
    )


async def declare_filled(context: Context, form: Form) -> Reply:
    """Declare the incident that the form says."""
    clean_title(form.fields["title"])
    drill, place = form.fields.get("drill") == "drill", read_as(ChannelRef, form.about).channel
    asked = Declaration(form.fields["severity"], form.fields["title"], drill, place or None)
    return await declare_it(context, form.request, asked)


async def declare_it(context: Context, request: Request, asked: Declaration) -> Reply:
    """Declare, and say where it goes on."""
    made = await context.transactions.once(request.identity, declare, request.actor, asked)
    if made is None:
        return Reply()
    severity = context.runbook.severity(made.severity)
    text = say(
        "{emoji} {drill}*{severity}* declared: *{title}*\nOpening #{channel} with the checklist, and inviting you. "
        "Please keep patient data out of Slack.",
        emoji=severity.emoji,
        drill=say("DRILL") + " · " if made.drill else "",
        severity=severity.title,
        title=escape(made.title),
        channel=made.channel_name,
    )
    return Reply(text)


async def open_note(context: Context, click: Click) -> Reply:
    """Open the form of a note."""
    if isinstance(read_ref(click.value, IncidentRef), StepRef):
        return Reply(modal=await look(context, click, StepRef, _note_about))
    found = await look(context, click, IncidentRef, _conducted)
    return Reply(modal=note_form(found.id))


def _note_about(domain: Domain, tx: Tx, actor: Actor, ref: StepRef) -> Block:
    """The form of a note about one item."""
    item = find_item(domain, tx, ref.run_id, ref.step_id)
    (incident,) = tx.incidents.find(run_id=item.run.id)
    return note_form(conduct.may_conduct(domain, tx, actor, incident.id).id, f"{item.step.text}: ")


def _conducted(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> Incident:
    return conduct.may_conduct(domain, tx, actor, ref.number)


def note_form(number: int, initial: str = "") -> Block:
    """A note for the timeline of an incident."""
    field = text_input(say("Note"), "text", multiline=True, limit=NOTE_LIMIT, initial=initial, hint=say(PRIVACY))
    return modal(say("Add a note"), ids.INCIDENT_NOTE, [field], submit=say("Save note"), about=IncidentRef(number))


async def note(context: Context, form: Form) -> Reply:
    """Keep the note."""
    number, text = read_as(IncidentRef, form.about).number, form.fields["text"]
    made = await context.transactions.once(form.request.identity, conduct.note, form.request.actor, number, text)
    return Reply(say("📝 Noted in the timeline of incident {id}.", id=number) if made else "")
