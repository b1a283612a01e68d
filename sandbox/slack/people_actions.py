"""What people do at their keyboards: commands, shortcuts, messages, channels, the home tab.

Every operation is checked against what Slack's client would let this person do (Impossible says what it would not), is
delivered to the app, and returns once the app acked or Slack gave up waiting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import events, payloads, wire
from .api.files import file_object
from .channels import Channel, Message, name_error
from .core import Core
from .deliveries import Ack, Delivery
from .errors import Impossible, SlackError
from .escaping import escaped
from .payloads import Operation
from .people import Person, user_object


class PeopleActions:
    """People are named by id or by name, channels by id or by name."""

    _core: Core

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Ack:
        """Type a slash command. What the app answers in its ack becomes a message, as in Slack."""
        core, person = self._core, self.person(user)
        place = self._writable(person, channel)
        entry = core.manifest.commands.get(command)
        if entry is None:
            raise Impossible("unknown_command", f"{command} is not a valid command.")
        text = escaped(text, core.workspace) if entry.should_escape else text
        url = core.response_url(core.responses.new(person.id, place.id))
        payload = payloads.command_payload(
            self._deed(person), core.app, place, command=command, text=text.strip(), url=url
        )
        ack = await core.deliveries.interact(Delivery("slash_commands", payload, command, answerable=True))
        return self._complain(person, ack) if ack.failed else self._show_answer(person, place, ack)

    async def shortcut(self, user: str, callback_id: str, *, channel: str = "", ts: str = "") -> Ack:
        """Use a global shortcut, or with `channel` and `ts` a message shortcut."""
        core, person = self._core, self.person(user)
        entry = core.manifest.shortcuts.get(callback_id)
        if entry is None or (entry.type == "message") != bool(ts):
            raise Impossible("unknown_shortcut", f"There is no such shortcut here: {callback_id}.")
        payload = (
            self._message_shortcut(person, callback_id, channel, ts) if ts else self._shortcut(person, callback_id)
        )
        return self._complain(person, await core.deliveries.interact(Delivery("interactive", payload, callback_id)))

    async def open_home(self, user: str) -> None:
        """Open the app's home tab: the event app_home_opened."""
        core, person = self._core, self.person(user)
        if not core.manifest.home_tab:
            raise Impossible("no_home_tab", "The app has no home tab.")
        channel, _ = core.workspace.direct((core.bot, person.id))
        event: dict[str, Any] = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": "home"}
        if (view := core.views.home(person.id)) is not None:
            event["view"] = core.views.as_object(view)
        core.workspace.on_event({**event, "event_ts": core.ids.ts()}, channel)

    async def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """Write a message; @names and #channels are resolved. Returns it as it was posted."""
        core, person = self._core, self.person(user)
        place = self._writable(person, channel)
        if thread_ts and thread_ts not in place.messages:
            raise Impossible("thread_not_found", "There is no such thread.")
        if not text.strip():
            raise Impossible("no_text", "There is nothing to send.")
        message = Message(
            core.ids.ts(),
            place.id,
            escaped(text, core.workspace),
            user=person.id,
            username=person.name,
            thread_ts=thread_ts,
        )
        return core.workspace.post(place, message).copy()

    async def share_file(self, user: str, channel: str, name: str, content: bytes, text: str = "") -> Message:
        """Write a message with a file."""
        core, person = self._core, self.person(user)
        place, file_id = self._writable(person, channel), core.ids.new("F")
        core.files[file_id] = {"id": file_id, "name": name, "length": len(content), "token": "", "content": content}
        files = [file_object(core, core.files[file_id], person.id, name)]
        ts, said = core.ids.ts(), escaped(text, core.workspace)
        return core.workspace.post(
            place, Message(ts, place.id, said, user=person.id, username=person.name, files=files)
        ).copy()

    async def join(self, user: str, channel: str) -> None:
        """Join a public channel."""
        person, place = self.person(user), self.channel(channel)
        if not place.is_public or person.is_guest or person.is_outsider:
            raise Impossible("channel_not_found", f"{person.name} cannot see {channel}.")
        if place.is_archived:
            raise Impossible("is_archived", f"#{place.name} is archived.")
        if person.id not in place.members:
            self._core.workspace.add_member(place, person.id)

    async def leave(self, user: str, channel: str) -> None:
        person, place = self.person(user), self.channel(channel)
        if person.id in place.members and not place.is_general:
            self._core.workspace.remove_member(place, person.id)

    async def invite(self, user: str, channel: str, *invited: str) -> None:
        """Add people, or the bot, to a channel that `user` is in."""
        person = self.person(user)
        place = self._writable(person, channel)
        for name in invited:
            guest = self.person(name)
            if guest.id not in place.members:
                self._core.workspace.add_member(place, guest.id, inviter=person.id)

    async def create_channel(self, user: str, name: str, *, is_private: bool = False) -> Channel:
        """Make a channel, with its maker as the only member."""
        person = self.person(user)
        error = name_error(name) or ("name_taken" if self._core.workspace.channel_named(name) else None)
        if person.is_guest:
            error = "restricted_action"
        if error:
            raise Impossible(error, f"#{name} cannot be created.")
        return self._core.workspace.create(name, creator=person.id, is_private=is_private)

    async def change_person(self, user: str, *, told: bool = True, **fields: Any) -> Person:
        """What an administrator does to an account: `deleted=True` deactivates it, `is_restricted=True` makes a guest.

        The app hears the event user_change; without `told` it does not, as when it was away.
        """
        people = self._core.workspace.people
        known = people[user] if user in people else self.person(user)
        people[known.id] = changed = replace(known, **fields)
        return self._tell(changed, "user_change") if told else changed

    async def add_person(self, person: Person, *channels: str) -> Person:
        """Somebody comes into the workspace (the event team_join), and into these channels."""
        self._core.workspace.people[person.id] = person
        for channel in channels:
            self._core.workspace.add_member(self.channel(channel), person.id)
        return self._tell(person, "team_join")

    def _tell(self, person: Person, event: str) -> Person:
        core = self._core
        shown = user_object(person, with_email="users:read.email" in core.manifest.scopes)
        core.workspace.on_event(events.user_event(event, shown, event_ts=core.ids.ts()), None)
        core.notifier.notify("channels")
        return person

    async def archive(self, user: str, channel: str) -> None:
        """Archive a channel by hand."""
        person = self.person(user)
        self._core.workspace.archive(self._writable(person, channel), user=person.id)

    async def unarchive(self, user: str, channel: str, *, told: bool = True) -> None:
        """Open an archived channel again. `told=False`: its event is lost, as Slack's events may be."""
        self._core.workspace.unarchive(self.channel(channel), user=self.person(user).id, told=told)

    async def remove(self, user: str, channel: str, removed: str) -> None:
        """Take somebody, or the bot, out of a channel that `user` is in."""
        place, gone = self._writable(self.person(user), channel), self.person(removed)
        if gone.id in place.members:
            self._core.workspace.remove_member(place, gone.id)

    def read(self, user: str, channel: str) -> None:
        """Look at a channel: nothing in it is unread any more."""
        place = self.channel(channel)
        place.read_to[self.person(user).id] = max((m.ts for m in place.messages.values()), default="0")
        self._core.notifier.notify("channels")

    def person(self, user: str) -> Person:
        """By id or name. Raises Impossible."""
        workspace = self._core.workspace
        person = workspace.people.get(user) or workspace.person_named(user)
        if person is None or person.deleted:
            raise Impossible("user_not_found", f"There is nobody called {user}.")
        return person

    def channel(self, name: str) -> Channel:
        """By id or name. Raises Impossible."""
        workspace = self._core.workspace
        found = workspace.channels.get(name) or workspace.channel_named(name.removeprefix("#"))
        if found is None:
            raise Impossible("channel_not_found", f"There is no channel {name}.")
        return found

    def _writable(self, person: Person, channel: str) -> Channel:
        place = self.channel(channel)
        if not place.sees(person.id):
            raise Impossible("channel_not_found", f"There is no channel {channel}.")
        if person.id not in place.members:
            raise Impossible("not_in_channel", f"{person.name} is not in #{place.name}.")
        if place.is_archived:
            raise Impossible("is_archived", f"#{place.name} is archived.")
        return place

    def _deed(self, person: Person) -> Operation:
        return Operation(person, self._core.triggers.new(person.id), self._core.ids.ts())

    def _shortcut(self, person: Person, callback_id: str) -> payloads.Json:
        return payloads.global_shortcut(self._deed(person), self._core.app, callback_id)

    def _message_shortcut(self, person: Person, callback_id: str, channel: str, ts: str) -> payloads.Json:
        core, place = self._core, self._writable(person, channel)
        message = place.messages.get(ts)
        if message is None:
            raise Impossible("message_not_found", "There is no such message.")
        sent = wire.message_object(message, place, core.app)
        url = core.response_url(core.responses.new(person.id, place.id))
        operation = self._deed(person)
        return payloads.message_shortcut(operation, core.app, callback_id, channel=place, wire=sent, url=url)

    def _show_answer(self, person: Person, place: Channel, ack: Ack) -> Ack:
        try:
            self._core.responses.answer_command(person.id, place, ack.payload)
        except SlackError as error:
            return self._complain(person, replace(ack, ok=False, error=error.error))
        return ack

    def _complain(self, person: Person, ack: Ack) -> Ack:
        """A failed ack shows as a toast to whoever waited for it."""
        if ack.failed:
            name = self._core.app.name
            said = {"timeout": f"{name} did not answer in {self._core.limits.ack_seconds:g} seconds"}
            text = said.get(ack.error or "", f"{name} could not be reached: {ack.error}")
            self._core.notifier.notify("toast", only=person.id, text=text, level="error")
        return ack
