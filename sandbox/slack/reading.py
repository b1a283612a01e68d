"""What tests and the page read: snapshots that later changes do not reach, unless a docstring says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .channels import Channel, Message
from .core import Core
from .interactions import Touches
from .people import Person
from .views import View


class Reading(Touches):
    """The state of the workspace, whole or as one person sees it."""

    _core: Core

    @property
    def people(self) -> Sequence[Person]:
        """Everybody but the bot."""
        return [person for person in self._core.workspace.people.values() if not person.is_bot]

    def channels(self, as_user: str | None = None) -> list[Channel]:
        """All channels, or those that exist for this person; they are the live objects."""
        channels = list(self._core.workspace.channels.values())
        if as_user is None:
            return channels
        viewer = self.person(as_user)
        mine = viewer.is_guest or viewer.is_outsider
        return [c for c in channels if viewer.id in c.members or (c.is_public and not mine)]

    def messages(
        self, channel: str, as_user: str | None = None, thread: str | None = None, *, system: bool = False
    ) -> list[Message]:
        """Oldest first: top-level messages, or one thread with its parent.

        With `as_user` also the ephemeral messages that this person sees; "joined the channel" only with `system`.
        """
        place = self.channel(channel)
        if as_user is not None:
            found = place.shown_to(self.person(as_user).id, thread)
        else:
            found = place.thread(thread) if thread else place.timeline()
        return [message.copy() for message in found if system or not message.is_system]

    def message(self, channel: str, ts: str) -> Message:
        """Raises LookupError."""
        place = self.channel(channel)
        return (place.messages.get(ts) or place.ephemerals[ts]).copy()

    def direct_messages(self, user: str) -> list[Message]:
        """What the app wrote to this person in their direct message, oldest first."""
        channel, _ = self._core.workspace.direct((self._core.bot, self.person(user).id))
        return [message.copy() for message in channel.timeline()]

    def views(self, user: str) -> tuple[View, ...]:
        """The person's open forms, the visible one last; they are the live objects."""
        return self._core.views.stack(self.person(user).id)

    def view(self, user: str) -> View:
        """The form in front of the person. Raises LookupError when there is none."""
        return self.views(user)[-1]

    def home(self, user: str) -> View | None:
        return self._core.views.home(self.person(user).id)

    def bookmarks(self, channel: str) -> list[dict[str, Any]]:
        return [dict(bookmark) for bookmark in self.channel(channel).bookmarks.values()]

    def pins(self, channel: str) -> list[Message]:
        """Pinned messages, the newest pin first."""
        place = self.channel(channel)
        return [place.messages[ts].copy() for ts in reversed(place.pins)]
