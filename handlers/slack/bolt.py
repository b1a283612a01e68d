"""Bolt's app: every delivery is read into a typed value, answered once, and acked with what the person sees.

Three catch-all listeners look things up in our own tables (commands, actions, forms), so that there is one place where
people are recognised, refusals are answered and defects are caught. Nothing before the ack waits for the network.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import mended
from bot.errors import Refusal
from bot.incidents.conduct import incident_here, joined, left
from bot.people import Actor
from bot.ports import DatabaseAway
from bot.text import say
from handlers import ids
from handlers.blocks import forms
from handlers.blocks.elements import Block, section, sentence
from handlers.metrics import ACKS, DELIVERIES
from handlers.slack import actions, commands, submissions
from handlers.slack.api import SlackError
from handlers.slack.deciding import join
from handlers.slack.door import Door
from handlers.slack.homes import looked_at, publish
from handlers.slack.order import (
    Asked,
    Click,
    Form,
    Order,
    Reply,
    click_identity,
    command_identity,
    form_identity,
    user_of,
)
from handlers.slack.respond import Responder
from handlers.slack.words import as_typed

log = structlog.get_logger()

Ack = Callable[..., Awaitable[Any]]
_ANY = re.compile("")
"""Matches every id: the tables decide."""
DEFECT = "NeonOps has a defect here and could not do this; nothing was changed. Its log says more."


class Listeners:
    """What Bolt calls."""

    def __init__(self, door: Door, responder: Responder) -> None:
        self._door, self._responder = door, responder
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
        asked = Asked("command", commands.deed_of(body["command"], body.get("text") or ""), command_identity(body))
        reply = await self._guarded(lambda: self._command(body), asked, body)
        await ack(**_ephemeral(reply))
        ACKS.labels("command").observe(time.perf_counter() - began)
        self._follow(self._open(reply, body))

    async def _command(self, body: dict[str, Any]) -> Reply:
        actor = self._known(body["user_id"], body.get("team_id"), body["command"])
        identity = command_identity(body)
        if actor is None:
            return await self._introduce(body["user_id"], identity, "command", self._kept(body))
        there = replace(actor, place=body["channel_id"])
        order = Order(there, body["channel_id"], identity, body["command"], body.get("text") or "")
        return await commands.answer(self._door, order)

    def _known(self, user: str, team: str | None, what: str) -> Actor | None:
        """Who asks for something, if they are known; a Refusal when they ask for too much at once."""
        actor = self._door.people.known(user, team)
        self._door.allowances.take(actor or Actor(user, user), what)
        return actor

    def _kept(self, body: dict[str, Any]) -> dict[str, str]:
        text = self._door.mask(body.get("text") or "")
        return {"channel": body["channel_id"], "command": body["command"], "text": text}

    async def action(self, ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A click: acked when it is saved; a refusal is told to the person who clicked."""
        began = time.perf_counter()
        asked = Asked("click", action["action_id"], click_identity(body, action))
        reply = await self._guarded(lambda: self._action(body, action), asked, body)
        await ack()
        ACKS.labels("click").observe(time.perf_counter() - began)
        self._follow(self._show(reply, body))

    async def _show(self, reply: Reply, body: dict[str, Any]) -> None:
        await self._open(reply, body)
        if reply.text:
            await self._responder.whisper(body, reply.text)

    async def _action(self, body: dict[str, Any], action: dict[str, Any]) -> Reply:
        user = body["user"]
        actor = self._known(user["id"], user.get("team_id"), "click")
        click = _click(body, action, actor)
        if actor is None:
            kept = {
                "action": click.action,
                "value": click.value,
                "channel": click.order.channel,
                "ts": click.message_ts,
            }
            return await self._introduce(user["id"], click.order.identity, "click", kept)
        return await actions.answer(self._door, click)

    async def form(self, ack: Ack, body: dict[str, Any]) -> None:
        """A submitted form: a refusal stands at its field, and what was typed stays."""
        began = time.perf_counter()
        form, refusal, reply = None, None, Reply()
        try:
            form = self._form(body)
            reply = await submissions.answer(self._door, form)
        except Refusal as error:
            refusal = error
            await self._note(Asked("form", body["view"]["callback_id"], form_identity(body)), body, error)
        except Exception:
            log.exception("form.defect", callback=body.get("view", {}).get("callback_id"))
            refusal = Refusal(say(DEFECT))
        await ack(**_form_answer(body, refusal))
        ACKS.labels("form").observe(time.perf_counter() - began)
        if reply.text and form:
            self._follow(self._responder.tell(form.order.actor.user, reply.text))

    def _form(self, body: dict[str, Any]) -> Form:
        user, view = body["user"], body["view"]
        actor = self._known(user["id"], user.get("team_id"), "form")
        if actor is None:
            raise Refusal(say("NeonOps has not met you yet. Type /incident help once, then submit this again."))
        order = Order(actor, "", form_identity(body))
        return Form(view["callback_id"], order, view.get("private_metadata", ""), _fields(view))

    async def shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        """A shortcut: its ack says nothing, so that somebody not met before can be looked up first."""
        await ack()
        self._follow(self._answer_shortcut(body))

    async def _answer_shortcut(self, body: dict[str, Any]) -> None:
        asked = Asked("shortcut", body["callback_id"], f"shortcut:{body.get('trigger_id')}")
        await self._show(await self._guarded(lambda: self._shortcut(body), asked, body), body)

    async def _shortcut(self, body: dict[str, Any]) -> Reply:
        """Declare an incident, or keep a message as a note."""
        actor = await self._met(body["user"])
        if body["callback_id"] != ids.NOTE_FROM_MESSAGE:
            return Reply(modal=forms.declare_form(self._door.runbook))
        there = replace(actor, place=body["channel"]["id"])
        found = await self._door.desk.look(incident_here, there)
        await join(self._door, there)
        return Reply(modal=forms.note_form(found.id, as_typed(body["message"].get("text", ""))))

    async def _met(self, user: dict[str, Any]) -> Actor:
        actor = self._known(user["id"], user.get("team_id"), "shortcut")
        try:
            return actor or await self._door.people.meet(user["id"])
        except SlackError as error:
            raise Refusal(say("Slack does not say who you are now ({why}). Try it again.", why=str(error))) from error

    async def home_opened(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody looks at the app's Home."""
        if event.get("tab") in (None, "home"):
            self._follow(self._publish_home(event, body))

    async def _publish_home(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        try:
            self._known(event["user"], body.get("team_id"), "home")
            await looked_at(self._door, event["user"])
            await publish(self._door, event["user"])
        except (Refusal, SlackError) as error:
            log.info("home.not_shown", why=str(error))

    async def member_joined(self, event: dict[str, Any]) -> None:
        """Somebody joined a channel: if it is an incident's, the incident is theirs to see. The bot may post again."""
        user, channel = event["user"], event["channel"]
        if user == self._door.slack.user_id:
            await self._door.desk.do(mended, channel)
        else:
            await self._door.desk.do(lambda _, tx: joined(tx, channel, user))

    async def channel_opened(self, event: dict[str, Any]) -> None:
        """A channel is no longer archived: what was held for it goes on."""
        await self._door.desk.do(mended, event["channel"])

    async def member_left(self, event: dict[str, Any]) -> None:
        """Somebody left a channel: a confidential incident is theirs no more."""
        user, channel = event["user"], event["channel"]
        await self._door.desk.do(lambda _, tx: left(tx, channel, user))

    async def user_changed(self, event: dict[str, Any]) -> None:
        """Somebody came, became a guest, was deactivated, or changed their name."""
        await self._door.people.changed(event["user"])

    async def _note(self, asked: Asked, body: dict[str, Any], refusal: Refusal) -> None:
        """Leave a trace of what was refused, unless the database is what is away."""
        if not isinstance(refusal, DatabaseAway):
            actor = self._door.people.named(user_of(body))
            await self._door.refusals.note(actor, asked, refusal)

    async def _guarded(self, answer: Callable[[], Awaitable[Reply]], asked: Asked, body: dict[str, Any]) -> Reply:
        """The reply, or the sentence of what went wrong."""
        try:
            reply = await answer()
        except Refusal as refusal:
            await self._note(asked, body, refusal)
            DELIVERIES.labels("any", "refused").inc()
            hint = f" {refusal.hint}" if refusal.hint else ""
            return Reply("⚠️ " + sentence(refusal.sentence + hint))
        except Exception:
            log.exception("delivery.defect")
            DELIVERIES.labels("any", "defect").inc()
            return Reply("⚠️ " + say(DEFECT))
        DELIVERIES.labels("any", "answered").inc()
        return reply

    async def _introduce(self, user: str, identity: str, kind: str, kept: dict[str, str]) -> Reply:
        """Somebody not met before: keep what they asked for, look them up, then do it."""
        await self._door.desk.once(
            identity, lambda _, tx: tx.effects.plan("meet", f"meet:{user}", {"user": user, "kind": kind, **kept})
        )
        return Reply(say("👋 One moment: NeonOps is looking up who you are, and then does it."))

    async def _open(self, reply: Reply, body: dict[str, Any]) -> None:
        if reply.modal is None:
            return
        try:
            await self._door.slack.call("views.open", priority=0, trigger_id=body.get("trigger_id"), view=reply.modal)
        except SlackError as error:
            log.info("form.not_opened", why=str(error))
            command = body.get("command", "/incident")
            words = say("⚠️ The form could not be opened. Try again, or type it: `{command} help`.", command=command)
            await self._responder.whisper(body, words)


def _click(body: dict[str, Any], action: dict[str, Any], actor: Actor | None) -> Click:
    user = body["user"]["id"]
    channel = (body.get("channel") or {}).get("id") or body.get("container", {}).get("channel_id") or user
    there = replace(actor or Actor(user, user), place=channel)
    order = Order(there, channel, click_identity(body, action), trigger=body.get("trigger_id"))
    value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
    message = body.get("message") or {}
    ts = message.get("thread_ts") or message.get("ts") or body.get("container", {}).get("message_ts") or ""
    return Click(action["action_id"], value, order, ts, body.get("response_url", ""))


def _fields(view: dict[str, Any]) -> dict[str, str]:
    values = view.get("state", {}).get("values", {})
    return {name: _value(element) for fields in values.values() for name, element in fields.items()}


def _value(element: dict[str, Any]) -> str:
    return str(element.get("value") or (element.get("selected_option") or {}).get("value") or "")


def _ephemeral(reply: Reply) -> dict[str, Any]:
    if not reply.text:
        return {}
    blocks: list[Block] = list(reply.blocks) or [section(reply.text)]
    return {"response_type": "ephemeral", "text": reply.text, "blocks": blocks[:50]}


def _form_answer(body: dict[str, Any], refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {}
    callback = body.get("view", {}).get("callback_id", "")
    field = submissions.FIELDS.get(callback)
    return {"response_action": "errors", "errors": {field: refusal.sentence}} if field else {}


def build_bolt(
    client: AsyncWebClient, listeners: Listeners, signing_secret: str | None, bot: AuthorizeResult
) -> AsyncApp:
    """The Bolt app. Who we are was asked once at start, so that no request waits for `auth.test`."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return bot

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_about_token)
    app = AsyncApp(
        client=client,
        authorize=authorize,
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        # Else Bolt looks a hundred times a second, for every delivery under way, whether it was acked.
        process_before_response=True,
    )
    register(app, listeners)
    return app


def _about_token(record: logging.LogRecord) -> bool:
    """Bolt warns twice that a token in the environment is not used: `authorize` hands it the same one."""
    unused = ("`token` (or SLACK_BOT_TOKEN env variable) will be ignored", "`token` will be unused")
    return not any(words in record.getMessage() for words in unused)


def register(app: AsyncApp, listeners: Listeners) -> None:
    """Bind ids to plain functions: one catch-all a kind."""
    app.command(_ANY)(listeners.command)
    app.action(_ANY)(listeners.action)
    app.view(_ANY)(listeners.form)
    app.shortcut(_ANY)(listeners.shortcut)
    app.event("app_home_opened")(listeners.home_opened)
    app.event("member_joined_channel")(listeners.member_joined)
    app.event("member_left_channel")(listeners.member_left)
    app.event("channel_unarchive")(listeners.channel_opened)
    app.event("group_unarchive")(listeners.channel_opened)
    app.event("user_change")(listeners.user_changed)
    app.event("team_join")(listeners.user_changed)
    app.event(_ANY)(_ignore)
    app.error(_defect)


async def _ignore(body: dict[str, Any]) -> None:
    """Events that the manifest brings and nobody needs."""


async def _defect(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What raised outside any answer: an event is not acked, so that Slack brings it again; all else is."""
    log.error("bolt.defect", exc_info=error)
    return BoltResponse(status=503 if body.get("type") == "event_callback" else 200, body="")
