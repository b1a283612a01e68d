"""The workspace as the page shows it to one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import wire
from ..app import TEAM_NAME
from ..channels import Channel, Message
from ..core import Core
from ..people import HOME_TEAM, Person
from ..views import View

Json = dict[str, Any]


def boot(core: Core, me: Person) -> Json:
    """What the page needs once: the people, the bot, commands and shortcuts."""
    people = [person for person in core.workspace.people.values() if not person.is_bot and not person.deleted]
    commands, shortcuts = core.manifest.commands.values(), core.manifest.shortcuts.values()
    return {
        "team": {"id": HOME_TEAM, "name": TEAM_NAME},
        "me": me.id,
        "people": [_person(person) for person in people],
        "bot": {"id": core.app.bot_id, "user_id": core.bot, "name": core.app.bot_name},
        "commands": [
            {"command": c.command, "usage_hint": c.usage_hint, "description": c.description} for c in commands
        ],
        "shortcuts": [
            {"name": s.name, "callback_id": s.callback_id, "type": s.type, "description": s.description}
            for s in shortcuts
        ],
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name or person.name,
        "title": person.title,
        "roles": list(person.roles),
        "is_restricted": person.is_guest,
        "avatar_color": f"#{person.color}",
    }


def channel(one: Channel, me: Person) -> Json:
    """A line of the sidebar, with what this person has not read yet."""
    unread = [m for m in one.timeline() if m.user != me.id and not m.is_system and m.ts > one.read_to.get(me.id, "0")]
    others = [user for user in one.members if user != me.id]
    is_member = me.id in one.members
    return {
        "id": one.id,
        "name": one.name,
        "is_private": not one.is_public,
        "is_im": one.is_im,
        "im_user": others[0] if one.is_im and others else None,
        "is_member": is_member,
        "is_archived": one.is_archived,
        "topic": one.topic,
        "purpose": one.purpose,
        "members": list(one.members),
        "unread": len(unread) if is_member else 0,
        "mention": is_member and any(_mentions(message, me) for message in unread),
        "last_ts": max(one.messages, default=None),
    }


def _mentions(message: Message, me: Person) -> bool:
    text = message.text
    return any(mark in text for mark in (f"<@{me.id}", "<!here", "<!channel", "<!everyone"))


def message(core: Core, one: Message, place: Channel) -> Json:
    replies = place.replies(one.ts)
    return {
        "ts": one.ts,
        "channel": one.channel,
        "user": one.user,
        "bot_id": one.bot_id,
        "username": one.username,
        "text": one.text,
        "blocks": list(one.blocks) if one.blocks else None,
        "thread_ts": one.thread_ts,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "edited": one.edited is not None,
        "pinned": one.ts in place.pins,
        "ephemeral": one.ephemeral_to is not None,
        "subtype": one.subtype,
        "reactions": wire.reactions(one),
        "metadata": dict(one.metadata) if one.metadata else None,
        "files": [dict(file) for file in one.files or ()],
    }


def view(core: Core, one: View | None) -> Mapping[str, Any] | None:
    return core.views.as_object(one) if one is not None else None
