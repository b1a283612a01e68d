"""The workspace's state: people, channels, who is in them and what is written there.

Nothing here asks whether somebody may: that is the Web API's and the people's side. Every change notifies
those who watch and tells the event that Slack would tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import events, wire
from .app import AppIdentity
from .channels import GENERAL, Channel, Message
from .events import Event
from .ids import Ids
from .notifier import Notifier
from .people import Person


class Workspace:
    """People by id, channels by id; `on_event` is told each event with the channel it happened in."""

    def __init__(self, *, app: AppIdentity, ids: Ids, notifier: Notifier, now: Callable[[], float]) -> None:
        self.app = app
        self.ids = ids
        self.notifier = notifier
        self.now = now
        self.people: dict[str, Person] = {app.bot_user_id: app.person()}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, dict[str, Any]] = {}
        self.on_event: Callable[[Event, Channel | None], None] = lambda event, channel: None

    def found(self, people: Iterable[Person], channels: Sequence[str]) -> None:
        """Fill a new workspace: full members are in every channel, guests in the first one only."""
        self.people |= {person.id: person for person in people}
        here = [p for p in self.people.values() if not (p.is_bot or p.deleted or p.is_outsider)]
        for position, name in enumerate(channels):
            channel_id = "C0" + "".join(c for c in name.upper() if c.isalnum())
            channel = Channel(channel_id, name, int(self.now()), here[0].id if here else "")
            channel.is_general = name == GENERAL
            channel.members = {p.id: None for p in here if position == 0 or not p.is_guest}
            self.channels[channel.id] = channel

    def channel_named(self, name: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.name == name and not c.is_im), None)

    def person_named(self, name: str) -> Person | None:
        """By what is typed after an @, or by the whole real name; letters' case does not matter."""
        wanted = name.casefold()
        return next((p for p in self.people.values() if wanted in (p.name.casefold(), p.real_name.casefold())), None)

    def create(self, name: str, *, creator: str, is_private: bool = False) -> Channel:
        channel = Channel(self.ids.new("C"), name, int(self.now()), creator, is_private=is_private)
        channel.members[creator] = None
        self.channels[channel.id] = channel
        self.notifier.notify("channels")
        if channel.is_public:
            self.on_event(events.created_event(channel, event_ts=self.ids.ts()), channel)
        return channel

    def direct(self, users: Sequence[str]) -> tuple[Channel, bool]:
        """The direct message of these people, and whether it was there before."""
        members = dict.fromkeys(users)
        for channel in self.channels.values():
            if not (channel.is_public or channel.is_private) and channel.members.keys() == members.keys():
                return channel, True
        group = len(members) > 2
        name = "mpdm-" + "--".join(self.people[u].name for u in members) + "-1" if group else ""
        prefix = "C" if group else "D"
        channel = Channel(self.ids.new(prefix), name, int(self.now()), users[0], is_im=not group, is_mpim=group)
        channel.members = members
        self.channels[channel.id] = channel
        self.notifier.notify("channels")
        return channel, False

    def add_member(self, channel: Channel, user: str, *, inviter: str | None = None) -> None:
        channel.members[user] = None
        self.notifier.notify("channels")
        self.system(channel, user, "channel_join", f"<@{user}> has joined the channel")
        event = events.member_event("member_joined_channel", channel, user, inviter=inviter, event_ts=self.ids.ts())
        self.on_event(event, channel)

    def remove_member(self, channel: Channel, user: str) -> None:
        event = events.member_event("member_left_channel", channel, user, event_ts=self.ids.ts())
        self.on_event(event, channel)
        channel.members.pop(user, None)
        self.notifier.notify("channels")

    def rename(self, channel: Channel, name: str, *, user: str) -> None:
        before, channel.name = channel.name, name
        self.system(channel, user, "channel_name", f'has renamed the channel from "{before}" to "{name}"')
        self.on_event(events.rename_event(channel, event_ts=self.ids.ts()), channel)
        self.notifier.notify("channels")

    def archive(self, channel: Channel, *, user: str) -> None:
        self.system(channel, user, "channel_archive", "archived the channel")
        channel.is_archived = True
        self.on_event(events.archive_event(channel, user, event_ts=self.ids.ts()), channel)
        self.notifier.notify("channels")

    def unarchive(self, channel: Channel, *, user: str, told: bool = True) -> None:
        channel.is_archived = False
        channel.members.setdefault(user)
        self.system(channel, user, "channel_unarchive", "un-archived the channel")
        if told:
            self.on_event(events.archive_event(channel, user, event_ts=self.ids.ts(), undone=True), channel)
        self.notifier.notify("channels")

    def describe(self, channel: Channel, field: str, value: str, *, user: str) -> None:
        """Set the `topic` or `purpose`."""
        if getattr(channel, field) == value:
            return
        setattr(channel, field, value)
        label = "topic" if field == "topic" else "description"
        self.system(channel, user, f"channel_{field}", f"set the channel {label}: {value}")
        self.notifier.notify("channels")

    def system(self, channel: Channel, user: str, subtype: str, text: str) -> None:
        """A message that Slack writes itself."""
        self.post(channel, Message(self.ids.ts(), channel.id, text, user=user, subtype=subtype))

    def post(self, channel: Channel, message: Message) -> Message:
        """Put the message into the channel and tell of it."""
        channel.messages[message.ts] = message
        if message.user:
            channel.read_to[message.user] = message.ts
        self.touched(channel, message)
        sent = wire.message_object(message, channel, self.app)
        self.on_event(events.message_event(channel, sent), channel)
        if f"<@{self.app.bot_user_id}>" in message.text and message.user != self.app.bot_user_id and not channel.is_im:
            self.on_event(events.mention_event(channel, sent), channel)
        return message

    def whisper(self, channel: Channel, message: Message) -> Message:
        """Show an ephemeral message to one person; no event tells of it."""
        channel.ephemerals[message.ts] = message
        self.touched(channel, message)
        return message

    def edit(self, channel: Channel, message: Message, change: Callable[[Message], None]) -> None:
        """Change a message in place and tell of it (an ephemeral one without an event)."""
        before = wire.message_object(message, channel, self.app)
        change(message)
        message.revision += 1
        self.touched(channel, message)
        if message.ephemeral_to is None:
            after = wire.message_object(message, channel, self.app)
            event_ts = self.ids.ts()
            self.on_event(events.change_event(channel, before=before, after=after, event_ts=event_ts), channel)

    def delete(self, channel: Channel, message: Message) -> None:
        channel.pins.pop(message.ts, None)
        if channel.ephemerals.pop(message.ts, None) is None:
            channel.messages.pop(message.ts)
            before = wire.message_object(message, channel, self.app)
            self.on_event(events.deletion_event(channel, before=before, event_ts=self.ids.ts()), channel)
        self.touched(channel, message)

    def touched(self, channel: Channel, message: Message) -> None:
        """Beat for a message that came, changed or went."""
        facts = {"channel": channel.id, "thread_ts": message.thread_ts, "ts": message.ts}
        self.notifier.notify("messages", only=message.ephemeral_to, **facts)
