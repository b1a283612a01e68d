"""bookmarks.*, pins.* and reactions.*: what hangs on channels and messages.

Not imitated: which emoji exist (any name in the right form will do), bookmark folders.
"""

from __future__ import annotations

import re

from .. import events, wire
from ..channels import Channel, Message
from ..core import Core
from ..errors import SlackError
from .args import Args
from .methods import Answer, Method, joined_channel, live_channel, seen_channel

BOOKMARKS = 100
PINS = 100
EMOJI_ON_A_MESSAGE = 23


def add_bookmark(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel_id"))
    title, link = args.needed("title"), args.text("link")
    if args.needed("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if not re.match(r"https?://\S+$", link):
        raise SlackError("invalid_link")
    if len(channel.bookmarks) >= BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    bookmark = _new_bookmark(core, channel, title=title, link=link, emoji=args.text("emoji"))
    channel.bookmarks[bookmark["id"]] = bookmark
    core.notifier.notify("channels")
    return {"bookmark": bookmark}


def _new_bookmark(core: Core, channel: Channel, *, title: str, link: str, emoji: str) -> wire.Json:
    at = int(core.now())
    return {
        "id": core.ids.new("Bk"),
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": at,
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": core.bot,
        "last_updated_by_team_id": "",
        "shortcut_id": None,
        "app_id": core.app.id,
    }


def list_bookmarks(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel_id"))
    return {"bookmarks": list(channel.bookmarks.values())}


def edit_bookmark(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel_id"))
    bookmark = channel.bookmarks.get(args.needed("bookmark_id"))
    if bookmark is None:
        raise SlackError("not_found")
    changes = {name: args.text(name) for name in ("title", "link", "emoji") if args.has(name)}
    bookmark |= changes | {"date_updated": int(core.now()), "last_updated_by_user_id": core.bot}
    core.notifier.notify("channels")
    return {"bookmark": bookmark}


def remove_bookmark(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel_id"))
    if channel.bookmarks.pop(args.needed("bookmark_id"), None) is None:
        raise SlackError("not_found")
    core.notifier.notify("channels")
    return {}


def add_pin(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel"))
    message = _message(channel, args.needed("timestamp"))
    if message.is_system:
        raise SlackError("not_pinnable")
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= PINS:
        raise SlackError("too_many_pins")
    channel.pins[message.ts] = int(core.now())
    core.workspace.touched(channel, message)
    core.workspace.on_event(events.pin_event(message, user=core.bot, event_ts=core.ids.ts()), channel)
    return {}


def remove_pin(core: Core, args: Args) -> Answer:
    channel = live_channel(core, args.needed("channel"))
    message = _message(channel, args.needed("timestamp"))
    if channel.pins.pop(message.ts, None) is None:
        raise SlackError("no_pin")
    core.workspace.touched(channel, message)
    return {}


def list_pins(core: Core, args: Args) -> Answer:
    channel = joined_channel(core, args.needed("channel"))
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": created,
            "created_by": core.bot,
            "message": wire.message_object(channel.messages[ts], channel, core.app),
        }
        for ts, created in reversed(channel.pins.items())
    ]
    return {"items": items}


def add_reaction(core: Core, args: Args) -> Answer:
    channel, message, name = _reaction(core, args)
    users = message.reactions.get(name, [])
    if core.bot in users:
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= EMOJI_ON_A_MESSAGE:
        raise SlackError("too_many_emoji")
    message.reactions[name] = [*users, core.bot]
    _reacted(core, channel, message, name, "reaction_added")
    return {}


def remove_reaction(core: Core, args: Args) -> Answer:
    channel, message, name = _reaction(core, args)
    users = message.reactions.get(name, [])
    if core.bot not in users:
        raise SlackError("no_reaction")
    message.reactions[name] = [user for user in users if user != core.bot]
    if not message.reactions[name]:
        del message.reactions[name]
    _reacted(core, channel, message, name, "reaction_removed")
    return {}


def _reaction(core: Core, args: Args) -> tuple[Channel, Message, str]:
    channel = live_channel(core, args.needed("channel"))
    name = args.needed("name").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return channel, _message(channel, args.needed("timestamp")), name


def _reacted(core: Core, channel: Channel, message: Message, name: str, type: str) -> None:
    core.workspace.touched(channel, message)
    event = events.reaction_event(type, message, name, user=core.bot, event_ts=core.ids.ts())
    core.workspace.on_event(event, channel)


def _message(channel: Channel, ts: str) -> Message:
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


METHODS = {
    "bookmarks.add": Method(add_bookmark, 2, ("bookmarks:write",)),
    "bookmarks.list": Method(list_bookmarks, 3, ("bookmarks:read",)),
    "bookmarks.edit": Method(edit_bookmark, 2, ("bookmarks:write",)),
    "bookmarks.remove": Method(remove_bookmark, 2, ("bookmarks:write",)),
    "pins.add": Method(add_pin, 2, ("pins:write",)),
    "pins.remove": Method(remove_pin, 2, ("pins:write",)),
    "pins.list": Method(list_pins, 2, ("pins:read",)),
    "reactions.add": Method(add_reaction, 3, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, 2, ("reactions:write",)),
}
