"""What Slack delivers for anybody, also what its client would not let them do: clicks, forms, commands, shortcuts."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from sandbox.slack import Person, payloads, wire
from sandbox.slack.channels import Message
from sandbox.slack.deliveries import Ack, Delivery
from sandbox.slack.payloads import Operation
from whole.workspace import Workspace, blocks_text, shown


@dataclass(frozen=True)
class Heard:
    """What a person was shown for one delivery: words, and the forms that were opened."""

    words: str
    forms: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The words without numbers: those of one thing and of another are compared."""
        return re.sub(r"\d+", "N", self.words)


class Visitor:
    """One person, who sends what they like; everything happens in #devops."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self._workspace, self.person = workspace, person
        self._core = workspace.slack._core
        self._devops = workspace.slack.channel("devops")
        self._devops.members[person.id] = None

    async def clicks(self, message: Message, action: str, value: str, *, quiet: bool = False) -> Heard:
        """Press a button; `quiet`: what is done need not be answered."""
        url = self._core.response_url(self._core.responses.new(self.person.id, self._devops.id, message))
        sent = wire.message_object(message, self._devops, self._core.app)
        operation = self._deed()
        body = payloads.message_action(operation, self._core.app, message, channel=self._devops, wire=sent, url=url)
        text = {"type": "plain_text", "text": "x"}
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value, "text": text}
        body["actions"] = [{**pressed, "action_ts": operation.at}]
        return await self._hears(self._send("interactive", body, action), quiet=quiet)

    async def submits(self, callback: str, about: str, fields: dict[str, str], *, quiet: bool = False) -> Heard:
        """Submit a form; `quiet`: what is done need not be answered."""
        values = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in fields.items()}
        view = {"id": self._core.ids.new("V"), "hash": "1", "callback_id": callback, "private_metadata": about,
                "type": "modal", "state": {"values": values}}  # fmt: skip
        body = payloads.submission(self._deed(), self._core.app, view, [])
        return await self._hears(self._send("interactive", body, callback), quiet=quiet)

    async def types(self, command: str, text: str) -> Heard:
        url = self._core.response_url(self._core.responses.new(self.person.id, self._devops.id))
        body = payloads.command_payload(self._deed(), self._core.app, self._devops, command=command, text=text, url=url)
        return await self._hears(self._send("slash_commands", body, command))

    async def uses(self, callback: str, message: Message) -> Heard:
        """A shortcut, on a message."""
        sent = wire.message_object(message, self._devops, self._core.app)
        url = self._core.response_url(self._core.responses.new(self.person.id, self._devops.id))
        body = payloads.message_shortcut(
            self._deed(), self._core.app, callback, channel=self._devops, wire=sent, url=url
        )
        return await self._hears(self._send("interactive", body, callback))

    def _deed(self) -> Operation:
        return Operation(self.person, self._core.triggers.new(self.person.id), self._core.ids.ts())

    async def _send(self, kind: Any, body: dict[str, Any], name: str) -> Ack:
        answerable = body.get("type") in (None, "view_submission")
        return await self._core.deliveries.interact(Delivery(kind, body, name, answerable=answerable))

    async def _hears(self, delivery: Awaitable[Ack], *, quiet: bool = False) -> Heard:
        """What the delivery brings to the person's eyes, in its ack or after it; it brings something unless `quiet`."""
        self._workspace.bot.listeners._context.rate_limits._full_at.clear()
        told, forms = len(self._told()), len(self._forms())
        ack = await delivery
        assert ack.ok, ack.error
        said = [words for words in _said(ack) if words.strip()]
        following = self._workspace.bot.listeners
        await self._workspace.until(
            lambda: (
                said or len(self._told()) > told or len(self._forms()) > forms or (quiet and not following.following)
            )
        )
        return Heard("\n".join([*said, *self._told()[told:]]), tuple(self._forms()[forms:]))

    def _told(self) -> list[str]:
        """All that was said to this person alone, here and in the direct message."""
        direct, _ = self._core.workspace.direct((self._core.bot, self.person.id))
        mine = [m for m in self._devops.ephemerals.values() if m.ephemeral_to == self.person.id]
        return [shown(message) for message in (*mine, *direct.timeline())]

    def _forms(self) -> list[str]:
        opened = self._workspace.slack.calls_of("views.open")
        return [call.args["view"] for call in opened]


def _said(ack: Ack) -> list[str]:
    errors = ack.payload.get("errors") or {}
    return [*errors.values(), str(ack.payload.get("text", "")), blocks_text(ack.payload.get("blocks") or ())]
