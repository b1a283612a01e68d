"""`/incident knowledge` and `/incident legal`: since when it was known, and the clocks that run from there."""

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents import look
from bot.incidents.model import Incident
from bot.legal import clocks
from bot.legal.clocks import knowledge_of
from bot.legal.words import LegalView, legal_view
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from handlers.slack.area import Topic
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.legal.forms import Operation, knowledge_form
from handlers.slack.legal.messages import legal_message
from handlers.slack.legal.moments import read_moment
from handlers.slack.parsing.text import first_word, unknown

DEEDS: dict[str, Operation] = {"met": clocks.meet, "aside": clocks.set_aside, "again": clocks.run_again}
"""What can be typed after `/incident legal`."""


async def knowledge(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Set or correct the time of knowledge; without a time, its form."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    zone = context.transactions.domain.zone
    now = await context.transactions.read(lambda tx: tx.now)
    if not rest.strip():
        known = await context.transactions.read(lambda tx: knowledge_of(tx, found.id))
        return Reply(modal=knowledge_form(found.id, known, now, zone))
    known_at, reason = read_moment(rest, now, zone)
    said = found.id, known_at, reason
    made = await context.transactions.once(request.identity, clocks.set_knowledge, request.actor, *said)
    return await _shown(context, request, found) if made else Reply()


async def legal(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Show the clocks, or settle one."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    word, more = first_word(rest)
    if not word:
        return await _shown(context, request, found)
    if word not in DEEDS:
        raise unknown("/incident legal", word, list(DEEDS))
    clock, words = first_word(more)
    if not clock:
        raise Refusal(say("Which clock? /incident legal {word} anpd_notice and a reference or a reason.", word=word))
    await context.transactions.once(request.identity, DEEDS[word], request.actor, found.id, clock, words)
    return await _shown(context, request, found)


async def _shown(context: Context, request: Request, found: Incident) -> Reply:
    view: LegalView = await context.transactions.look(_seen, request.actor, found.id)
    message = legal_message(view)
    return Reply(message.text, tuple(message.blocks))


def _seen(domain: Domain, tx: Tx, actor: Actor, number: int) -> LegalView:
    return legal_view(domain, tx, look.meant(domain, tx, actor, number, ""))


TOPICS = (
    Topic("knowledge", knowledge, (("knowledge 2026-11-28 14:30 [reason]", "set when it was known that personal data "
                                    "are affected: the legal clocks run (a lawyer decides)"),)),
    Topic(
        "legal",
        legal,
        (
            ("legal", "legal clocks with their sources"),
            ("legal met <clock> <reference>", "say that a clock is met, under which reference number"),
            ("legal aside <clock> <reason>", "say that a clock does not apply, and why"),
            ("legal again <clock> <reason>", "have a clock run again that was settled by mistake"),
        ),
    ),
)  # fmt: skip
