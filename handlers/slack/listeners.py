"""What Bolt calls: every delivery is read into a typed value, answered once, and acked with what the person sees.

What was asked for is looked up in our own tables (commands, actions, forms), so that there is one place where people
are recognised, refusals are answered and defects are caught. Nothing before the ack waits for the network.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog

from bot.delivery import mended
from bot.errors import Refusal
from bot.incidents.members import joined, left
from bot.people import Actor
from bot.ports import DatabaseAway
from bot.text import say
from handlers.metrics import ACKS, DELIVERIES
from handlers.slack.blocks.elements import sentences
from handlers.slack.client.api import SlackError
from handlers.slack.dispatch import answer_click, answer_command, answer_form, answer_shortcut, field_of, words_of
from handlers.slack.home.publisher import looked_at, publish
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.payloads import ephemeral, form_answer, read_click, read_fields
from handlers.slack.interaction.requests import (
    Attempt,
    Form,
    Reply,
    Request,
    click_identity,
    command_identity,
    form_identity,
    user_of,
)
from handlers.slack.messaging.responder import Responder
from handlers.slack.modals import Modals
from handlers.slack.timelines import saving

log = structlog.get_logger()

Ack = Callable[..., Awaitable[Any]]
DEFECT = "Internal error in NeonOps: nothing was changed. See its log."


class Listeners:
    """What Bolt calls."""

    def __init__(self, context: Context, responder: Responder) -> None:
        self._context, self._responder, self._modals = context, responder, Modals(context, responder)
        self._following: set[asyncio.Task[None]] = set()

    @property
    def following(self) -> int:
        """How many deliveries were acked of which something is still to be shown."""
        return len(self._following)

    def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what comes after the ack, which leaves when the listener returns."""
        task = asyncio.create_task(work)
        self._following.add(task)
        task.add_done_callback(self._followed)

    def _followed(self, task: asyncio.Task[None]) -> None:
        self._following.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            log.error("delivery.not_followed", exc_info=failure)

    async def command(self, ack: Ack, body: dict[str, Any]) -> None:
        """A slash command: answered in the ack itself, or by a form."""
        began = time.perf_counter()
        attempt = Attempt("command", words_of(body["command"], body.get("text") or ""), command_identity(body))
        reply = await self._guarded(lambda: self._command(body), attempt, body)
        await ack(**ephemeral(reply))
        ACKS.labels("command").observe(time.perf_counter() - began)
        self._follow(self._modals.show(Reply(modal=reply.modal), body))

    async def _command(self, body: dict[str, Any]) -> Reply:
        actor = self._known(body["user_id"], body.get("team_id"), body["command"])
        identity = command_identity(body)
        if actor is None:
            return await self._introduce(body["user_id"], identity, "command", self._kept(body))
        there = replace(actor, place=body["channel_id"])
        request = Request(there, body["channel_id"], identity, body["command"], body.get("text") or "")
        return await answer_command(self._context, request)

    def _known(self, user: str, team: str | None, what: str) -> Actor | None:
        """Who asks for something, if they are known; a Refusal when they ask for too much at once."""
        actor = self._context.people.known(user, team)
        self._context.rate_limits.take(actor or Actor(user, user), what)
        return actor

    def _kept(self, body: dict[str, Any]) -> dict[str, str]:
        text = self._context.mask(body.get("text") or "")
        return {"channel": body["channel_id"], "command": body["command"], "text": text}

    async def action(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A click: acked when it is saved; a refusal is told to the person who clicked."""
        began = time.perf_counter()
        attempt = Attempt("click", action["action_id"], click_identity(body, action))
        reply = await self._guarded(lambda: self._action(body, action), attempt, body)
        await ack()
        ACKS.labels("click").observe(time.perf_counter() - began)
        self._follow(self._modals.show(reply, body))

    async def _action(self, body: dict[str, Any], action: dict[str, Any]) -> Reply:
        user = body["user"]
        actor = self._known(user["id"], user.get("team_id"), "click")
        click = read_click(body, action, actor)
        if actor is None:
            kept = {
                "action": click.action,
                "value": click.value,
                "channel": click.request.channel,
                "ts": click.message_ts,
            }
            return await self._introduce(user["id"], click.request.identity, "click", kept)
        return await answer_click(self._context, click)

    async def form(self, ack: Ack, body: dict[str, Any]) -> None:
        """A submitted form: a refusal stands at its field, and what was typed stays."""
        began = time.perf_counter()
        form, refusal, reply = None, None, Reply()
        try:
            form = self._form(body)
            reply = await answer_form(self._context, form)
        except Refusal as error:
            refusal = error
            await self._note(Attempt("form", body["view"]["callback_id"], form_identity(body)), body, error)
        except Exception:
            log.exception("form.defect", callback=body.get("view", {}).get("callback_id"))
            refusal = Refusal(say(DEFECT))
        await ack(**form_answer(reply, refusal, field_of(body["view"]["callback_id"])))
        ACKS.labels("form").observe(time.perf_counter() - began)
        if refusal is None and form:
            self._follow(self._modals.show_below(form, body))
        if reply.text and form:
            self._follow(self._responder.tell(form.request.actor.user, reply.text))

    def _form(self, body: dict[str, Any]) -> Form:
        user, view = body["user"], body["view"]
        actor = self._known(user["id"], user.get("team_id"), "form")
        if actor is None:
            raise Refusal(say("NeonOps does not know you yet. Type /incident help once, then submit this again."))
        request = Request(actor, "", form_identity(body))
        return Form(view["callback_id"], request, view.get("private_metadata", ""), read_fields(view))

    async def shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        """A shortcut: its ack says nothing, so that somebody not met before can be looked up first."""
        await ack()
        self._follow(self._answer_shortcut(body))

    async def _answer_shortcut(self, body: dict[str, Any]) -> None:
        attempt = Attempt("shortcut", body["callback_id"], f"shortcut:{body.get('trigger_id')}")
        await self._modals.show(await self._guarded(lambda: self._shortcut(body), attempt, body), body)

    async def _shortcut(self, body: dict[str, Any]) -> Reply:
        actor = await self._met(body["user"])
        return await answer_shortcut(self._context, actor, body)

    async def _met(self, user: dict[str, Any]) -> Actor:
        actor = self._known(user["id"], user.get("team_id"), "shortcut")
        try:
            return actor or await self._context.people.meet(user["id"])
        except SlackError as error:
            raise Refusal(say("Slack did not confirm who you are ({why}). Try again.", why=str(error))) from error

    async def home_opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody looks at the app's Home."""
        if event.get("tab") in (None, "home"):
            self._follow(self._publish_home(event, body))

    async def _publish_home(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        try:
            self._known(event["user"], body.get("team_id"), "home")
            await looked_at(self._context, event["user"])
            await publish(self._context, event["user"])
        except (Refusal, SlackError) as error:
            log.info("home.not_shown", why=str(error))

    async def member_joined(self, event: dict[str, Any]) -> None:
        """Somebody joined a channel: if it is an incident's, the incident is theirs to see. The bot may post again."""
        user, channel = event["user"], event["channel"]
        if user == self._context.slack.user_id:
            await self._context.transactions.do(mended, channel)
        else:
            await self._context.transactions.do(joined, channel, user)

    async def channel_opened(self, event: dict[str, Any]) -> None:
        """A channel is no longer archived: what was held for it goes on."""
        await self._context.transactions.do(mended, event["channel"])

    async def member_left(self, event: dict[str, Any]) -> None:
        """Somebody left a channel: a confidential incident is theirs no more."""
        user, channel = event["user"], event["channel"]
        await self._context.transactions.do(lambda _, tx: left(tx, channel, user))

    async def reacted(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody reacted to a message: a :pushpin: saves it in the timeline."""
        await saving.reacted(self._context, event, self._context.people.known(event["user"], body.get("team_id")))

    async def message_changed(self, event: dict[str, Any]) -> None:
        """A message was edited or deleted: that is noted of one that is saved."""
        await saving.changed(self._context, event)

    async def user_changed(self, event: dict[str, Any]) -> None:
        """Somebody came, became a guest, was deactivated, or changed their name."""
        await self._context.people.changed(event["user"])

    async def _note(self, attempt: Attempt, body: dict[str, Any], refusal: Refusal) -> None:
        """Leave a trace of what was refused, unless the database is what is away."""
        if not isinstance(refusal, DatabaseAway):
            actor = self._context.people.named(user_of(body))
            await self._context.refusals.note(actor, attempt, refusal)

    async def _guarded(self, answer: Callable[[], Awaitable[Reply]], attempt: Attempt, body: dict[str, Any]) -> Reply:
        """The reply, or the sentence of what went wrong."""
        try:
            reply = await answer()
        except Refusal as refusal:
            await self._note(attempt, body, refusal)
            DELIVERIES.labels("any", "refused").inc()
            hint = f" {refusal.hint}" if refusal.hint else ""
            return Reply("⚠️ " + sentences(refusal.sentence + hint))
        except Exception:
            log.exception("delivery.defect")
            DELIVERIES.labels("any", "defect").inc()
            return Reply("⚠️ " + say(DEFECT))
        DELIVERIES.labels("any", "answered").inc()
        return reply

    async def _introduce(self, user: str, identity: str, kind: str, kept: dict[str, str]) -> Reply:
        """Somebody not met before: keep what they asked for, look them up, then do it."""
        await self._context.transactions.once(
            identity, lambda _, tx: tx.effects.plan("meet", f"meet:{user}", {"user": user, "kind": kind, **kept})
        )
        return Reply(say("👋 One moment: NeonOps is looking up who you are, then runs this."))
