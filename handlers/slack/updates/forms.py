"""The forms of an update: for whom, how far and about what; its text, drafted; and how customers will read it."""

from dataclasses import dataclass

from bot.domain import Domain
from bot.incidents.conduct import may_conduct
from bot.incidents.model import Incident
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.text import listing, say
from bot.updates.drafts import LANGUAGES, drafted
from bot.updates.hearing import touched_services
from bot.updates.look import is_for_customers
from bot.updates.model import Audience, UpdateDraft, UpdateStatus, Wording
from bot.updates.privacy import HIDDEN
from bot.updates.send import TEXT_LIMIT, keep_draft, may_update, send, send_draft, status_of
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    Block,
    choices_input,
    modal,
    option,
    quote,
    section,
    select_input,
    text_input,
    tick_input,
)
from handlers.slack.blocks.elements import (
    context as context_block,
)
from handlers.slack.blocks.references import IncidentRef, UpdateDraftRef, UpdateRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.updates.words import audience_words, status_words


@dataclass(frozen=True)
class Writing:
    """What an update can be about. `services`: those that were named before."""

    incident: Incident
    runbook: Runbook
    status: UpdateStatus
    services: tuple[str, ...]


def writing(domain: Domain, tx: Tx, actor: Actor, number: int) -> Writing:
    """What an update of the incident can be about, for who may send one."""
    incident = may_conduct(domain, tx, actor, number)
    run = tx.runs.get(incident.run_id)
    assert run
    found = domain.runbook_of(tx, run)
    return Writing(incident, found, status_of(tx, incident), touched_services(tx, incident))


async def open_update(context: Context, click: Click) -> Reply:
    """Open the form of an update."""
    return Reply(modal=first_form(await look(context, click, IncidentRef, _writing)))


def _writing(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> Writing:
    return writing(domain, tx, actor, ref.number)


def first_form(found: Writing) -> Block:
    """For whom it is, how far the incident is, and which services it touches."""
    audiences = [option(audience_words(each), each.value) for each in _audiences(found.incident)]
    statuses = {each: option(status_words(each), each.value) for each in UpdateStatus}
    services = {each.id: option(each.title, each.id) for each in found.runbook.services}
    blocks = [
        select_input(say("Who is it for?"), "audience", audiences, audiences[0]),
        select_input(say("What is its status?"), "status", list(statuses.values()), statuses[found.status]),
    ]
    if services:
        named = [services[each] for each in found.services if each in services]
        blocks.append(choices_input(say("Services"), "services", list(services.values()), named))
    return modal(say("Status update"), ids.INCIDENT_UPDATE, blocks, submit=say("Next"),
                 about=IncidentRef(found.incident.id))  # fmt: skip


def _audiences(incident: Incident) -> list[Audience]:
    return list(Audience) if is_for_customers(incident) else [Audience.INSIDE]


async def chosen(context: Context, form: Form) -> Reply:
    """Draft the text for what was chosen."""
    audience, status = Audience(form.fields["audience"]), UpdateStatus(form.fields["status"])
    services = tuple(each for each in form.fields.get("services", "").split(",") if each)
    ref = UpdateRef(read_as(IncidentRef, form.about).number, audience.value, status.value, services)
    texts = await context.transactions.look(_drafted, form.request.actor, ref)
    return Reply(modal=_text_form(ref, texts))


def _drafted(domain: Domain, tx: Tx, actor: Actor, ref: UpdateRef) -> dict[str, str]:
    incident, run = may_update(domain, tx, actor, ref.number, Audience(ref.audience))
    found = domain.runbook_of(tx, run)
    return drafted(found, incident, Audience(ref.audience), UpdateStatus(ref.status), ref.services)


def _text_form(ref: UpdateRef, texts: dict[str, str]) -> Block:
    """The text in each language; one of them is enough."""
    hint = say("Please keep names and other data of patients out of it.")
    blocks = [
        text_input(language, name, multiline=True, limit=TEXT_LIMIT, optional=True, initial=texts.get(name),
                   hint=hint)
        for name, language in LANGUAGES.items()
    ]  # fmt: skip
    submit = say("Preview") if ref.audience == Audience.CUSTOMERS else say("Send")
    return modal(say("Status update"), ids.UPDATE_TEXT, blocks, submit=submit, about=ref)


async def written(context: Context, form: Form) -> Reply:
    """Send it to the team, or show how customers will read it."""
    ref = read_as(UpdateRef, form.about)
    typed = {language: form.fields.get(language, "") for language in LANGUAGES}
    masked = {language: context.mask(text) for language, text in typed.items()}
    wording = Wording(Audience(ref.audience), UpdateStatus(ref.status), masked, ref.services)
    actor, identity = form.request.actor, form.request.identity
    if wording.audience is Audience.CUSTOMERS:
        draft = await context.transactions.once(identity, keep_draft, actor, ref.number, wording)
        if draft is None:
            return Reply(ends=True)
        drafts = await context.transactions.look(_drafted, actor, ref)
        warnings = hidden_words(typed, draft.texts) + left_words(draft.texts, drafts)
        return Reply(modal=_preview(draft, warnings))
    made = await context.transactions.once(identity, send, actor, ref.number, wording)
    warning = hidden_words(typed, made.texts) if made else ""
    return Reply(say("📣 The update of incident {id} was sent.", id=ref.number) + warning if warning else "", ends=True)


def _preview(draft: UpdateDraft, warning: str) -> Block:
    """The update as customers will read it; it is sent when this is confirmed."""
    texts = [section(f"*{LANGUAGES[language]}*\n{quote(text)}") for language, text in draft.texts.items()]
    where = say("On the status page, in the incident's channel, where incidents are announced, and to subscribers.")
    blocks = [
        section(say("*{status}*: customers will read this.", status=status_words(draft.status))),
        *texts,
        context_block(where),
        *([section(warning.strip())] if warning else []),
        tick_input(say("Confirm"), "sure", say("I have read it, and it may be public.")),
    ]
    return modal(
        say("Preview"), ids.UPDATE_SEND, blocks, submit=say("Send to customers"), about=UpdateDraftRef(draft.id)
    )


def hidden_words(typed: dict[str, str], kept: dict[str, str]) -> str:
    """The warning that something in what was typed was hidden; empty when nothing was."""
    before = sum(text.count(HIDDEN) for text in typed.values())
    if sum(text.count(HIDDEN) for text in kept.values()) <= before:
        return ""
    words = say(
        "⚠️ What looked like a secret or like data of a patient was hidden ({mark}). Read it again.", mark=HIDDEN
    )
    return "\n" + words


def left_words(texts: dict[str, str], drafts: dict[str, str]) -> str:
    """The warning that a language still says what was drafted while another was changed; empty when none does."""
    left = [LANGUAGES[language] for language, text in texts.items() if text == drafts.get(language)]
    if not left or len(left) == len(texts):
        return ""
    return "\n" + say("⚠️ Not changed, and still the draft: {languages}.", languages=listing(left))


async def confirmed(context: Context, form: Form) -> Reply:
    """Send what was looked at."""
    draft = read_as(UpdateDraftRef, form.about).draft
    await context.transactions.once(form.request.identity, send_draft, form.request.actor, draft)
    return Reply(ends=True)
