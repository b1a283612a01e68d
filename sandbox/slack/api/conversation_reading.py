"""conversations.info, list, members, history and replies: what the bot may read."""

from __future__ import annotations

from collections.abc import Sequence

from .. import wire
from ..channels import Channel, Message
from ..core import Core
from ..errors import SlackError
from .args import Args
from .methods import Alternatives, Answer, Method, by_channel, joined_channel, page, seen_channel

_KIND_OF_TYPE = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def info(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    return {"channel": wire.channel_object(channel, core.bot)}


def list_channels(core: Core, args: Args) -> Answer:
    kinds = _kinds(args)
    without_archived = args.flag("exclude_archived")
    channels = [
        channel
        for channel in core.workspace.channels.values()
        if channel.kind in kinds and channel.sees(core.bot) and not (without_archived and channel.is_archived)
    ]
    rows, metadata = page(channels, args, default=100, most=1000)
    return {"channels": [wire.channel_object(channel, core.bot) for channel in rows], **metadata}


def members(core: Core, args: Args) -> Answer:
    channel = seen_channel(core, args.needed("channel"))
    rows, metadata = page(list(channel.members), args, default=100, most=1000)
    return {"members": list(rows), **metadata}


def history(core: Core, args: Args) -> Answer:
    """Newest first, without replies."""
    channel = joined_channel(core, args.needed("channel"))
    rows, metadata = page(_between(channel.timeline()[::-1], args), args, default=100, most=999)
    answer = {"messages": _objects(core, channel, rows, args), "pin_count": len(channel.pins)}
    return {**answer, "has_more": bool(metadata["response_metadata"]["next_cursor"]), **metadata}


def replies(core: Core, args: Args) -> Answer:
    """The parent and its replies, oldest first."""
    channel = joined_channel(core, args.needed("channel"))
    ts = args.needed("ts")
    found = channel.messages.get(ts)
    if found is None:
        raise SlackError("thread_not_found")
    thread = channel.thread(found.thread_ts or ts)
    rows, metadata = page([thread[0], *_between(thread[1:], args)], args, default=1000, most=1000)
    messages = _objects(core, channel, rows, args)
    return {"messages": messages, "has_more": bool(metadata["response_metadata"]["next_cursor"]), **metadata}


def _objects(core: Core, channel: Channel, rows: Sequence[Message], args: Args) -> list[wire.Json]:
    whole = args.flag("include_all_metadata")
    return [wire.message_object(message, channel, core.app, all_metadata=whole) for message in rows]


def _between(messages: Sequence[Message], args: Args) -> list[Message]:
    """Between `oldest` and `latest`, both left out unless `inclusive`. Raises invalid_ts_oldest, invalid_ts_latest."""
    oldest, latest = _time(args, "oldest", 0.0), _time(args, "latest", float("inf"))
    if args.flag("inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _time(args: Args, name: str, default: float) -> float:
    text = args.text(name)
    if not text or text == "now":
        return default
    try:
        return float(text)
    except ValueError as error:
        raise SlackError(f"invalid_ts_{name}") from error


def _kinds(args: Args) -> set[str]:
    types = args.names("types") or ["public_channel"]
    if unknown := [one for one in types if one not in _KIND_OF_TYPE]:
        raise SlackError.with_messages("invalid_types", f"unknown type: {unknown[0]}")
    return {_KIND_OF_TYPE[one] for one in types}


def _list_scopes(core: Core, args: Args) -> Alternatives:
    """Every kind that is asked for needs its own scope; the first that is missing is named."""
    needed = [_READ[_KIND_OF_TYPE[one]] for one in args.names("types") or ["public_channel"] if one in _KIND_OF_TYPE]
    missing = [scope for scope in needed if scope not in core.manifest.scopes]
    return missing[:1] or needed


_INFO = by_channel(public=("channels:read",), private=("groups:read",), im=("im:read",), mpim=("mpim:read",))
_HISTORY = by_channel(
    public=("channels:history",), private=("groups:history",), im=("im:history",), mpim=("mpim:history",)
)

METHODS = {
    "conversations.info": Method(info, 3, _INFO),
    "conversations.list": Method(list_channels, 2, _list_scopes),
    "conversations.members": Method(members, 4, _INFO),
    "conversations.history": Method(history, 3, _HISTORY),
    "conversations.replies": Method(replies, 3, _HISTORY),
}
