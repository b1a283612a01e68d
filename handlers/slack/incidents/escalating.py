"""Calling a level of the escalation by hand: `/incident escalate`, and the form that confirms it."""

from bot.domain import Domain
from bot.escalation.by_hand import REASON_LIMIT, chosen_level, escalate
from bot.escalation.model import Level
from bot.incidents.model import Incident
from bot.people import Actor
from bot.ports import Tx
from bot.text import listing, say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, escape, modal, section, text_input
from handlers.slack.blocks.references import LevelRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Form, Reply, Request
from handlers.slack.interaction.transactions import look
from handlers.slack.parsing.text import first_word, whole_number


async def typed(context: Context, request: Request, incident: Incident, text: str) -> Reply:
    """`escalate`, `escalate 3`, `escalate 4 the clinic network is down`: confirmed first where that is needed."""
    word, reason = first_word(text)
    number = whole_number(word)
    level, reason = (number, reason) if number is not None else (0, text)
    asked = (request.actor, incident.id, level)
    _, chosen = await context.transactions.look(chosen_level, *asked)
    if chosen.confirm:
        return Reply(modal=_form(context, incident, chosen, reason))
    return await _call(context, request, incident.id, chosen.level, reason)


async def open_form(context: Context, click: Click) -> Reply:
    """Open the form that calls a level."""
    incident, chosen = await look(context, click, LevelRef, _chosen)
    return Reply(modal=_form(context, incident, chosen, ""))


def _chosen(domain: Domain, tx: Tx, actor: Actor, ref: LevelRef) -> tuple[Incident, Level]:
    return chosen_level(domain, tx, actor, ref.number, ref.level)


def _form(context: Context, incident: Incident, level: Level, reason: str) -> Block:
    team = context.transactions.domain.team
    people = listing([escape(team.people[each].name) for each in level.people if each in team.people], most=20) or say(
        "nobody"
    )
    words = say("Level {level} ({name}) is called now, for incident {id}: {people}. They are mentioned and paged.",
                level=level.level, name=escape(level.title), id=incident.id, people=people)  # fmt: skip
    private = say("They are let into the private channel of this incident.") if incident.private else ""
    field = text_input(say("Why? What do they have to decide?"), "reason", multiline=True, limit=REASON_LIMIT,
                       initial=reason)  # fmt: skip
    blocks = [section(f"{words} {private}".strip()), field]
    about = LevelRef(incident.id, level.level)
    return modal(say("Escalate"), ids.INCIDENT_ESCALATE, blocks, submit=say("Call them"), about=about)


async def filled(context: Context, form: Form) -> Reply:
    """Call the level that the form was about."""
    ref = read_as(LevelRef, form.about)
    return await _call(context, form.request, ref.number, ref.level, form.fields["reason"])


async def _call(context: Context, request: Request, number: int, level: int, reason: str) -> Reply:
    once = context.transactions.once
    done = await once(request.identity, escalate, request.actor, number, level, reason)
    if done is None:
        return Reply()
    return Reply(say("📣 Level {level} ({name}) is called for incident {id}.", level=done.level,
                     name=escape(done.title), id=number))  # fmt: skip
