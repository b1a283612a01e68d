"""Opens forms, also above another, and draws those anew that show what their own buttons change."""

from typing import Any

import structlog

from bot.errors import Refusal
from bot.people import Actor
from bot.text import say
from handlers.slack.blocks.elements import Block
from handlers.slack.client.api import SlackError
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Form, Reply, user_of
from handlers.slack.messaging.responder import Responder
from handlers.slack.table import FORMS, REDRAWN

log = structlog.get_logger()


class Modals:
    """What is shown after a delivery was acked."""

    def __init__(self, context: Context, responder: Responder) -> None:
        self._context, self._responder = context, responder

    async def show(self, reply: Reply, body: dict[str, Any]) -> None:
        """Open the form of a reply, or show what was said and done in the form that was clicked in."""
        if reply.modal is not None:
            await self._open(reply.modal, body)
        elif draw := REDRAWN.get(_clicked_in(body).get("callback_id", "")):
            shown = _clicked_in(body)
            actor = self._context.people.known(user_of(body), None) or Actor(user_of(body), user_of(body))
            await self._renew(shown["id"], draw(self._context, actor, shown.get("private_metadata", ""), reply.text))
            return
        if reply.text:
            await self._responder.whisper(body, reply.text)

    async def show_below(self, form: Form, body: dict[str, Any]) -> None:
        """Draw the form anew above which a submitted one was opened."""
        entry, below = FORMS.get(form.callback), body["view"].get("previous_view_id")
        if entry and entry.below and below:
            await self._renew(below, entry.below(self._context, form))

    async def _renew(self, view_id: str, drawing: Any) -> None:
        try:
            await self._context.slack.call("views.update", priority=0, view_id=view_id, view=await drawing)
        except (SlackError, Refusal) as error:
            log.info("form.not_renewed", why=str(error))

    async def _open(self, modal: Block, body: dict[str, Any]) -> None:
        try:
            await self._place(modal, body)
        except SlackError as error:
            log.info("form.not_opened", why=str(error))
            command = body.get("command", "/incident")
            words = say(
                "⚠️ The form could not be opened. Try again, or type the command: `{command} help`.", command=command
            )
            await self._responder.whisper(body, words)

    async def _place(self, modal: Block, body: dict[str, Any]) -> None:
        """In place of the form that was clicked in when it is another page of it, else above it, else by itself."""
        shown, slack = _clicked_in(body), self._context.slack
        if shown and shown.get("callback_id") == modal["callback_id"]:
            await slack.call("views.update", priority=0, view_id=shown["id"], view=modal)
        else:
            method = "views.push" if shown else "views.open"
            await slack.call(method, priority=0, trigger_id=body.get("trigger_id"), view=modal)


def _clicked_in(body: dict[str, Any]) -> dict[str, Any]:
    """The form that was clicked in; empty when it was a message, the Home or a command."""
    view: dict[str, Any] = body.get("view") or {}
    return view if view.get("type") == "modal" and body.get("type") == "block_actions" else {}
