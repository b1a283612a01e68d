"""Delivers `meet`: looks up somebody the bot has not met, then does what they asked for."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.effects import Effect
from bot.errors import Refusal
from bot.people import Actor
from bot.text import say
from handlers.slack.blocks.elements import sentences
from handlers.slack.dispatch import answer_click, answer_command, words_of
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Attempt, Click, Reply, Request
from handlers.slack.messaging.responder import Responder


def introduction_deliverer(context: Context, responder: Responder) -> Deliver:
    """The deliverer of `meet` effects."""

    async def deliver(effect: Effect) -> Delivered:
        kept = effect.payload
        try:
            actor = await context.people.meet(kept["user"])
            reply = await _do(context, effect, actor)
        except Refusal as refusal:
            await context.refusals.note(context.people.named(kept["user"]), _attempt(effect), refusal)
            reply = Reply("⚠️ " + sentences(refusal.sentence))
        if reply.modal:
            reply = Reply(say("👋 NeonOps knows you now. Please do it again."))
        if reply.text:
            await responder.tell(kept["user"], reply.text, kept["channel"])
        return Delivered()

    return deliver


def _attempt(effect: Effect) -> Attempt:
    kept = effect.payload
    if kept["kind"] == "command":
        return Attempt("command", words_of(kept["command"], kept["text"]), effect.op_id)
    return Attempt("click", kept["action"], effect.op_id)


async def _do(context: Context, effect: Effect, actor: Actor) -> Reply:
    kept = effect.payload
    actor = replace(actor, place=kept["channel"])
    request = Request(actor, kept["channel"], f"meet:{effect.op_id}", kept.get("command", ""), kept.get("text", ""))
    if kept["kind"] == "command":
        return await answer_command(context, request)
    return await answer_click(context, Click(kept["action"], kept["value"], request, kept["ts"]))
