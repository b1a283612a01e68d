"""Delivers `meet`: looks up somebody the bot has not met, then does what they asked for."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.effects import Effect
from bot.errors import Refusal
from bot.people import Actor
from bot.text import say
from handlers.slack.blocks.elements import sentences
from handlers.slack.dispatch import answer_click, answer_command, deed_of
from handlers.slack.interaction.context import Door
from handlers.slack.interaction.requests import Asked, Click, Order, Reply
from handlers.slack.messaging.responder import Responder


def meet_deliverer(door: Door, responder: Responder) -> Deliver:
    """The deliverer of `meet` effects."""

    async def deliver(effect: Effect) -> Delivered:
        kept = effect.payload
        try:
            actor = await door.people.meet(kept["user"])
            reply = await _do(door, effect, actor)
        except Refusal as refusal:
            await door.refusals.note(door.people.named(kept["user"]), _asked(effect), refusal)
            reply = Reply("⚠️ " + sentences(refusal.sentence))
        if reply.modal:
            reply = Reply(say("👋 NeonOps knows you now: please do it once more."))
        if reply.text:
            await responder.tell(kept["user"], reply.text, kept["channel"])
        return Delivered()

    return deliver


def _asked(effect: Effect) -> Asked:
    kept = effect.payload
    if kept["kind"] == "command":
        return Asked("command", deed_of(kept["command"], kept["text"]), effect.op_id)
    return Asked("click", kept["action"], effect.op_id)


async def _do(door: Door, effect: Effect, actor: Actor) -> Reply:
    kept = effect.payload
    actor = replace(actor, place=kept["channel"])
    order = Order(actor, kept["channel"], f"meet:{effect.op_id}", kept.get("command", ""), kept.get("text", ""))
    if kept["kind"] == "command":
        return await answer_command(door, order)
    return await answer_click(door, Click(kept["action"], kept["value"], order, kept["ts"]))
