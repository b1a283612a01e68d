"""response_urls: what an app may still say for half an hour after a command or a click, five times at most.

`replace_original` needs a message to replace: one that held the element. It is taken as true when the app names neither
it nor a `response_type` nor a thread, because Slack may overwrite the original then; an app that means a new message
has to say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .blocks.validate import check_message_blocks
from .blocks.walk import with_ids
from .channels import Channel, Message
from .errors import SlackError
from .limits import Limits
from .workspace import Workspace


@dataclass
class _Permit:
    user: str
    channel: str
    original: Message | None
    born_at: float
    uses: int = 0


class Responses:
    """The addresses that were handed out, and what is posted to them."""

    def __init__(self, workspace: Workspace, limits: Limits, now: Callable[[], float]) -> None:
        self._workspace = workspace
        self._limits = limits
        self._now = now
        self._permits: dict[str, _Permit] = {}

    def new(self, user: str, channel: str, original: Message | None = None) -> str:
        """The token of a new address; `original` is the message whose element was used, None for a command."""
        token = self._workspace.ids.secret(16)
        self._permits[token] = _Permit(user, channel, original, self._now())
        return token

    def use(self, token: str, body: Mapping[str, Any]) -> None:
        """Do what the app posted. Raises SlackError: expired_url, used_url, no_text, invalid_blocks …"""
        permit = self._permits.get(token)
        if permit is None or self._now() - permit.born_at > self._limits.response_url_seconds:
            raise SlackError("expired_url")
        if permit.uses >= self._limits.response_url_uses:
            raise SlackError("used_url")
        channel = self._workspace.channels[permit.channel]
        self._act(permit, channel, body)
        permit.uses += 1

    def answer_command(self, user: str, channel: Channel, body: Mapping[str, Any]) -> None:
        """What a command's ack said becomes a message. Raises SlackError like `use`."""
        if _says_something(body):
            self._say(_Permit(user, channel.id, None, self._now()), channel, body)

    def _act(self, permit: _Permit, channel: Channel, body: Mapping[str, Any]) -> None:
        original = permit.original
        if body.get("delete_original"):
            self._delete(channel, original)
        elif original is not None and _replaces(body):
            self._replace(channel, original, body)
        else:
            self._say(permit, channel, body)

    def _delete(self, channel: Channel, original: Message | None) -> None:
        if original is not None and _is_there(channel, original):
            self._workspace.delete(channel, original)

    def _replace(self, channel: Channel, original: Message, body: Mapping[str, Any]) -> None:
        blocks = self._blocks(body)
        if not _is_there(channel, original):
            raise SlackError("message_not_found")

        def change(message: Message) -> None:
            message.text, message.blocks = body.get("text", ""), blocks

        self._workspace.edit(channel, original, change)

    def _say(self, permit: _Permit, channel: Channel, body: Mapping[str, Any]) -> None:
        app = self._workspace.app
        message = Message(
            self._workspace.ids.ts(),
            channel.id,
            body.get("text", ""),
            user=app.bot_user_id,
            bot_id=app.bot_id,
            username=app.bot_name,
            blocks=self._blocks(body),
            thread_ts=body.get("thread_ts"),
        )
        if body.get("response_type") == "in_channel":
            self._workspace.post(channel, message)
        else:
            message.ephemeral_to = permit.user
            self._workspace.whisper(channel, message)

    def _blocks(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        blocks = body.get("blocks")
        if not blocks and not body.get("text"):
            raise SlackError("no_text")
        if not blocks:
            return None
        check_message_blocks(blocks)
        return with_ids(blocks, self._workspace.ids.short)


def _says_something(body: Mapping[str, Any]) -> bool:
    return bool(body.get("text") or body.get("blocks"))


def _replaces(body: Mapping[str, Any]) -> bool:
    unsaid = "response_type" not in body and "thread_ts" not in body
    return bool(body.get("replace_original", unsaid))


def _is_there(channel: Channel, message: Message) -> bool:
    return message.ts in channel.messages or message.ts in channel.ephemerals
