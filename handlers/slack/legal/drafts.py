"""`/incident communication`: what the law has the team communicate, written, reviewed, exported and sent by people."""

from pathlib import PurePath

from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.incidents import look as incidents
from bot.incidents.conduct import may_conduct
from bot.incidents.model import Incident
from bot.legal import drafts
from bot.legal.clocks import WORDS_LIMIT, legal_of
from bot.legal.drafts import FIELD_LIMIT, DraftRef, communication, draft_of, prefilled
from bot.legal.export import document
from bot.legal.model import DraftState, LegalDraft
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.sections.legal import Communication
from bot.text import say
from handlers.slack.area import Topic
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    Block,
    actions,
    button,
    confirm,
    context,
    escape,
    modal,
    section,
    text_input,
    user,
)
from handlers.slack.blocks.references import read_as
from handlers.slack.client.api import Slack
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.interaction.transactions import decide, look
from handlers.slack.messaging.template import Scene, Template
from handlers.slack.parsing.text import first_word

Shown = list[tuple[Communication, LegalDraft | None]]


async def typed(context_: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Show the communications of an incident, or open the form of one."""
    found = await context_.transactions.look(incidents.meant, request.actor, number, request.channel)
    word, _ = first_word(rest)
    if word:
        return Reply(modal=await context_.transactions.look(_form, request.actor, found.id, word))
    shown = await context_.transactions.look(_shown, found)
    return Reply(*listed(found, shown))


def _shown(domain: Domain, tx: Tx, incident: Incident) -> Shown:
    return [(each, draft_of(tx, incident.id, each.id)) for each in legal_of(domain).communications]


def listed(incident: Incident, shown: Shown) -> tuple[str, tuple[Block, ...]]:
    """Every communication with where it stands, and what can be done."""
    title = say("Communications of incident {id}", id=incident.id)
    law = say("A lawyer decides what has to be communicated. NeonOps files nothing.")
    blocks: list[Block] = [section(f"⚖️ *{title}*")]
    lines = []
    for asked, draft in shown:
        lines.append(
            f"*{escape(asked.title)}*\n{_state(draft)} " + say("Source: {source}.", source=escape(asked.source))
        )
        blocks += [section(lines[-1]), actions(*_buttons(incident, asked, draft))]
    return "\n".join([title, *lines, law]), (*blocks, context(law))


def _state(draft: LegalDraft | None) -> str:
    if draft is None:
        return say("⬜ Not written.")
    match draft.state:
        case DraftState.SENT:
            return say("✅ Sent by {who}: {reference}.", who=user(draft.sent_by), reference=escape(draft.reference))
        case DraftState.REVIEWED:
            return say("☑️ Reviewed by {who}, not sent.", who=user(draft.reviewed_by))
    return say("📝 Written by {who}, not reviewed.", who=user(draft.edited_by))


def _buttons(incident: Incident, asked: Communication, draft: LegalDraft | None) -> list[Block]:
    ref = DraftRef(incident.id, asked.id, draft.version if draft else 0)
    write = button(say("Write…"), ids.DRAFT_WRITE, ref, about=asked.title)
    if draft is None:
        return [write]
    export = button(say("Export"), ids.DRAFT_EXPORT, ref, about=asked.title)
    if draft.state is DraftState.SENT:
        return [export]
    sure = confirm(say("Reviewed?"), say("You have read this version, and it may be sent as it is."), say("Reviewed"))
    review = button(say("Mark as reviewed"), ids.DRAFT_REVIEW, ref, about=asked.title, sure=sure)
    sent = button(say("Mark as sent…"), ids.DRAFT_SENT, ref, style="primary", about=asked.title)
    return [write, export, sent if draft.state is DraftState.REVIEWED else review]


async def open_draft(context_: Context, click: Click) -> Reply:
    """Open the form, filled with what is known."""
    return Reply(modal=await look(context_, click, DraftRef, _form_of))


def _form_of(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef) -> Block:
    return _form(domain, tx, actor, ref.number, ref.communication)


def _form(domain: Domain, tx: Tx, actor: Actor, number: int, name: str) -> Block:
    """A text for each field that the law asks for, with its source."""
    incident, asked = may_conduct(domain, tx, actor, number), communication(domain, name)
    known, draft = prefilled(domain, tx, incident, asked), draft_of(tx, number, name)
    law = say("{source}. A lawyer decides; NeonOps files nothing. No patient's name belongs here.", source=asked.source)
    blocks = [context(escape(law))]
    blocks += [
        text_input(each.text, each.id, multiline=True, limit=FIELD_LIMIT, optional=True, initial=known.get(each.id, ""),
                   hint=say("{source}. Needed for the review.", source=each.source) if each.required else each.source)
        for each in asked.fields
    ]  # fmt: skip
    ref = DraftRef(number, asked.id, draft.version if draft else 0)
    return modal(asked.title, ids.DRAFT_WRITE, blocks, submit=say("Save"), about=ref)


async def written(context_: Context, form: Form) -> Reply:
    """Keep the draft."""
    ref, actor = read_as(DraftRef, form.about), form.request.actor
    await context_.transactions.once(form.request.identity, drafts.write_draft, actor, ref, form.fields)
    return Reply()


async def reviewed(context_: Context, click: Click) -> Reply:
    """Mark it as reviewed."""
    done = await decide(context_, click, DraftRef, drafts.review)
    return Reply(say("☑️ Reviewed: it can be sent. Say so here when it was.") if done else "")


async def exported(context_: Context, click: Click) -> Reply:
    """Have it posted as a file."""
    await decide(context_, click, DraftRef, drafts.export)
    return Reply()


async def open_sent(context_: Context, click: Click) -> Reply:
    """Ask for the reference number."""
    ref = await look(context_, click, DraftRef, _conducted)
    field = text_input(say("Reference number (protocol)"), "reference", limit=WORDS_LIMIT)
    return Reply(modal=modal(say("Mark as sent"), ids.DRAFT_SENT, [field], submit=say("Sent"), about=ref))


def _conducted(domain: Domain, tx: Tx, actor: Actor, ref: DraftRef) -> DraftRef:
    may_conduct(domain, tx, actor, ref.number)
    return ref


async def marked_sent(context_: Context, form: Form) -> Reply:
    """Mark it as sent."""
    ref, actor = read_as(DraftRef, form.about), form.request.actor
    said = ref, form.fields["reference"]
    await context_.transactions.once(form.request.identity, drafts.sent, actor, *said)
    return Reply()


def export_deliverer(transactions: Transactions, slack: Slack) -> Deliver:
    """Posts a draft as a Markdown file into the incident's channel."""

    async def deliver(effect: Effect) -> Delivered:
        name, content = await transactions.look(_document, effect)
        if effect.attempts > 1 and await _posted(slack, effect, name):
            return Delivered()
        await slack.call("files.upload", priority=effect.priority, channel=effect.payload["channel"], filename=name,
                         content=content, title=PurePath(name).stem)  # fmt: skip
        return Delivered()

    return deliver


async def _posted(slack: Slack, effect: Effect, name: str) -> bool:
    """Whether the file came into the channel since it was asked for: the answer to an earlier try was lost."""
    since = str(effect.created_at.timestamp())
    page = await slack.call("conversations.history", channel=effect.payload["channel"], oldest=since, limit=100)
    files = [file for message in page.get("messages", []) for file in message.get("files") or ()]
    return any(file.get("name") == name for file in files)


def _document(domain: Domain, tx: Tx, effect: Effect) -> tuple[str, str]:
    draft = tx.rows(LegalDraft).get(effect.payload["draft"])
    assert draft
    incident = tx.incidents.get(draft.incident)
    assert incident
    users = (draft.edited_by, draft.reviewed_by, draft.sent_by)
    names = {each: member.name for each in users if each and (member := tx.members.get(each))}
    text = document(communication(domain, draft.communication), incident, draft, names, domain.zone)
    return f"incident-{incident.id}-{draft.communication}-v{draft.version}.md", text


def _said(scene: Scene) -> str:
    data = scene.data
    said = {"who": user(data["by"]), "title": escape(data["title"]), "reference": escape(data["reference"])}
    match data["state"]:
        case DraftState.SENT:
            return say("⚖️ {who} sent *{title}*: {reference}", **said)
        case DraftState.REVIEWED:
            return say("⚖️ {who} reviewed *{title}*: a person may send it now.", **said)
    return say("⚖️ {who} wrote *{title}*: it has to be reviewed before it is sent (`/incident communication`).", **said)


MESSAGES = {"legal.draft": Template(_said)}
TOPIC = Topic(
    "communication",
    typed,
    (
        ("communication", "what has to be communicated by law: drafts, reviewed and sent by people"),
        ("communication anpd", "write the draft to the ANPD (also `subjects`)"),
    ),
)
