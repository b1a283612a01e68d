"""What people do with messages that stand: react to them, edit and delete them."""

from __future__ import annotations

from . import events
from .channels import Message
from .escaping import escaped
from .reading import Reading


class MessageActions(Reading):
    """People are named by id or by name, channels by id or by name."""

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put an emoji under a message."""
        person, core = self.person(user), self._core
        place = self._writable(person, channel)
        message = place.messages[ts]
        message.reactions[name] = [*message.reactions.get(name, []), person.id]
        core.workspace.touched(place, message)
        event = events.reaction_event("reaction_added", message, name, user=person.id, event_ts=core.ids.ts())
        core.workspace.on_event(event, place)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Change the text of a message of their own."""
        place, core = self._writable(self.person(user), channel), self._core

        def change(message: Message) -> None:
            message.text = escaped(text, core.workspace)
            message.edited = {"user": self.person(user).id, "ts": core.ids.ts()}

        core.workspace.edit(place, place.messages[ts], change)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete a message of their own."""
        place = self._writable(self.person(user), channel)
        self._core.workspace.delete(place, place.messages[ts])
