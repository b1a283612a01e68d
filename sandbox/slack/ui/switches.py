"""Who is there and what is open, as switches of the practice page: people, channels, and the bot's place in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..channels import Channel
from ..core import Core
from ..errors import Impossible
from ..people import Person
from ..reading import Reading

Json = dict[str, Any]
PEOPLE = {"active": "Active", "not_invited": "Cannot be invited", "guest": "Guest", "deactivated": "Deactivated"}
CHANNELS = {"open": "Open", "without_bot": "Without the bot", "archived": "Archived"}


def described(core: Core) -> list[Json]:
    """Every person and every channel, each as a choice."""
    people = [person for person in core.workspace.people.values() if not (person.is_bot or person.is_outsider)]
    channels = [channel for channel in core.workspace.channels.values() if not (channel.is_im or channel.is_mpim)]
    return [
        *(_switch(each.id, "People", each.real_name, _person(core, each), PEOPLE) for each in people),
        *(_switch(each.id, "Channels", f"#{each.name}", _channel(core, each), CHANNELS) for each in channels),
    ]


def _switch(id: str, group: str, title: str, value: str, choices: Mapping[str, str]) -> Json:
    options = [{"value": name, "title": text} for name, text in choices.items()]
    return {"id": id, "group": group, "title": title, "text": "", "kind": "choice", "value": value, "choices": options}


def _person(core: Core, person: Person) -> str:
    if person.deleted:
        return "deactivated"
    if person.id in core.faults.not_invited:
        return "not_invited"
    return "guest" if person.is_guest else "active"


def _channel(core: Core, channel: Channel) -> str:
    if channel.is_archived:
        return "archived"
    return "open" if core.bot in channel.members else "without_bot"


async def change(core: Core, slack: Reading, id: str, value: str) -> None:
    """Have a person or a channel stand so. Raises Impossible."""
    if id in core.workspace.people and value in PEOPLE:
        core.faults.merge({"not_invited": {id: "cant_invite" if value == "not_invited" else ""}})
        await slack.change_person(id, deleted=value == "deactivated", is_restricted=value == "guest")
    elif id in core.workspace.channels and value in CHANNELS:
        _change_channel(core, core.workspace.channels[id], value)
    else:
        raise Impossible("invalid_switch", f"{id} cannot be {value}.")


def _change_channel(core: Core, channel: Channel, value: str) -> None:
    workspace = core.workspace
    by = next((user for user in channel.members if user != core.bot), channel.creator)
    if channel.is_archived and value != "archived":
        workspace.unarchive(channel, user=by)
    if value == "without_bot" and core.bot in channel.members:
        workspace.remove_member(channel, core.bot)
    if value == "open" and core.bot not in channel.members:
        workspace.add_member(channel, core.bot, inviter=by)
    if value == "archived" and not channel.is_archived:
        workspace.archive(channel, user=by)
