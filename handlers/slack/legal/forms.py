"""The forms of legal clocks: since when it was known, how a clock was met, why it does not apply or runs again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import Domain
from bot.incidents.conduct import may_conduct
from bot.incidents.model import Incident
from bot.legal import clocks
from bot.legal.clocks import WORDS_LIMIT, knowledge_of
from bot.legal.model import Knowledge
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, date_input, modal, text_input, time_input
from handlers.slack.blocks.references import IncidentRef, LegalRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply
from handlers.slack.interaction.transactions import look
from handlers.slack.legal.moments import read_moment

Operation = Callable[[Domain, Tx, Actor, int, str, str], Incident]


async def open_knowledge(context: Context, click: Click) -> Reply:
    """Open the form that sets or corrects the time of knowledge."""
    number, known, now = await look(context, click, IncidentRef, _known)
    return Reply(modal=knowledge_form(number, known, now, context.transactions.domain.zone))


def _known(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> tuple[int, Knowledge | None, datetime]:
    return may_conduct(domain, tx, actor, ref.number).id, knowledge_of(tx, ref.number), tx.now


def knowledge_form(number: int, known: Knowledge | None, now: datetime, zone: ZoneInfo) -> Block:
    """A date, a time, and for a correction its reason."""
    start = (known.known_at if known else now).astimezone(zone)
    blocks = [
        date_input(say("Date of knowledge"), "date", f"{start:%Y-%m-%d}"),
        time_input(say("Time ({zone})", zone=zone.key), "time", f"{start:%H:%M}",
                   hint=say("The moment at which the team knew that personal data were affected.")),
    ]  # fmt: skip
    if known:
        blocks.append(text_input(say("Why is it corrected?"), "reason", limit=WORDS_LIMIT))
    return modal(say("Time of knowledge"), ids.LEGAL_KNOWLEDGE, blocks, submit=say("Set"), about=IncidentRef(number))


async def knowledge_filled(context: Context, form: Form) -> Reply:
    """Set the time of knowledge."""
    number, fields, domain = read_as(IncidentRef, form.about).number, form.fields, context.transactions.domain
    now = await context.transactions.read(lambda tx: tx.now)
    known_at, _ = read_moment(f"{fields['date']} {fields['time']}", now, domain.zone)
    said = number, known_at, fields.get("reason", "")
    await context.transactions.once(form.request.identity, clocks.set_knowledge, form.request.actor, *said)
    return Reply()


def opener(title: str, label: str, callback: str, submit: str) -> Callable[[Context, Click], Awaitable[Reply]]:
    """A click's handler: it opens a form with one text about a clock."""

    async def handle(context: Context, click: Click) -> Reply:
        ref = await look(context, click, LegalRef, _conducted)
        field = text_input(say(label), "words", limit=WORDS_LIMIT, multiline=True)
        return Reply(modal=modal(say(title), callback, [field], submit=say(submit), about=ref))

    return handle


def _conducted(domain: Domain, tx: Tx, actor: Actor, ref: LegalRef) -> LegalRef:
    may_conduct(domain, tx, actor, ref.number)
    return ref


def filled(operation: Operation) -> Callable[[Context, Form], Awaitable[Reply]]:
    """A form's handler: one transaction about the clock that it was opened for."""

    async def handle(context: Context, form: Form) -> Reply:
        ref, actor = read_as(LegalRef, form.about), form.request.actor
        said = ref.number, ref.clock, form.fields["words"]
        await context.transactions.once(form.request.identity, operation, actor, *said)
        return Reply()

    return handle
