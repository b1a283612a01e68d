"""`/rollback api dpl_…`: what was typed is looked up at Vercel before there is a card."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.deploys.request import Asked, check_rollback
from bot.deploys.rollbacks.incident_item import rollback_here
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.domain.transactions import Transactions
from bot.effects import FIRST, Effect
from bot.effects.outgoing import text_message
from bot.errors import Missing, Refusal
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.rules import cannot_serve
from bot.people import Actor
from bot.ports import Tx
from bot.power.standing import actor_of
from bot.steps.vercel.deployments import project_of
from bot.text import say
from bot.tools import Tools
from handlers.slack.blocks.elements import sentence
from handlers.slack.messaging.responder import Responder


def plan_typed(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> str:
    """Plan the look; the deployment as it is looked up. A Refusal when the person may not, or words name nothing."""
    (typed,) = check_rollback(domain, actor, asked).values()
    payload = {"user": actor.user, "target": asked.target, "deployment": typed, "place": asked.place}
    tx.effects.plan("rollback.typed", f"typed:{actor.user}", payload, priority=FIRST)
    return typed


def typed_deliverer(transactions: Transactions, tools: Tools, responder: Responder) -> Deliver:
    """The deliverer of `rollback.typed`: the rollback is asked for, or the person is told why not."""

    async def deliver(effect: Effect) -> Delivered:
        kept = effect.payload
        if why := await _refused(transactions.domain, tools, kept["target"], kept["deployment"]):
            await responder.tell(kept["user"], _words(why), kept["place"])
            return Delivered()
        asked = Asked(kept["target"], kept["place"], deployment=kept["deployment"])
        return Delivered(then=lambda domain, tx: _ask(domain, tx, kept["user"], asked))

    return deliver


async def _refused(domain: Domain, tools: Tools, service: str, typed: str) -> str | None:
    """Why it cannot be gone back to; None when it can, or Vercel cannot be asked now: the card asks again."""
    try:
        project = await tools.client(Vercel).project(project_of(domain.runbook.service(service)))
        found = await tools.client(Vercel).deployment(typed)
    except Missing as missing:
        return missing.sentence
    except Refusal:
        return None
    live = say("{id} is already live.", id=found.id) if found.id == project.production_id else None
    return cannot_serve(found, project) or live


def _ask(domain: Domain, tx: Tx, user: str, asked: Asked) -> None:
    """Ask for the rollback; what has changed since it was typed is told to who typed it."""
    try:
        rollback_here(domain, tx, replace(actor_of(domain, tx, user), place=asked.place), asked)
    except Refusal as refusal:
        plan_message(tx, text_message(user, text=_words(refusal.sentence)), f"say:{user}")


def _words(why: str) -> str:
    return "⚠️ " + say("Nothing was requested: {why}", why=sentence(why))
