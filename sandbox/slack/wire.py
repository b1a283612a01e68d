"""Messages and channels as the Web API and events write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .app import AppIdentity
from .channels import Channel, Message
from .people import HOME_TEAM

Json = dict[str, Any]


def message_object(message: Message, channel: Channel, app: AppIdentity, *, all_metadata: bool = False) -> Json:
    """A message; its metadata's payload only when asked for with include_all_metadata."""
    wire: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": HOME_TEAM}
    if message.subtype:
        wire["subtype"] = message.subtype
    if message.bot_id:
        wire |= {"bot_id": message.bot_id, "app_id": app.id, "bot_profile": app.bot_profile()}
    wire |= {
        name: list(getattr(message, name)) for name in ("blocks", "attachments", "files") if getattr(message, name)
    }
    if message.edited:
        wire["edited"] = dict(message.edited)
    if message.metadata:
        wire["metadata"] = _metadata(message.metadata, whole=all_metadata)
    return wire | _thread(message, channel) | _decorations(message, channel)


def _metadata(metadata: Mapping[str, Any], *, whole: bool) -> Json:
    return dict(metadata) if whole else {"event_type": metadata["event_type"]}


def _thread(message: Message, channel: Channel) -> Json:
    if message.is_reply:
        return {"thread_ts": message.thread_ts, "parent_user_id": _author(channel, message.thread_ts)}
    replies = sorted(channel.replies(message.ts), key=lambda reply: reply.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def _author(channel: Channel, ts: str | None) -> str | None:
    parent = channel.messages.get(ts or "")
    return parent.user if parent else None


def _decorations(message: Message, channel: Channel) -> Json:
    decorations: Json = {}
    if message.reactions:
        decorations["reactions"] = reactions(message)
    if message.ts in channel.pins:
        decorations["pinned_to"] = [channel.id]
    return decorations


def reactions(message: Message) -> list[Json]:
    return [{"name": name, "users": list(who), "count": len(who)} for name, who in message.reactions.items()]


def channel_object(channel: Channel, viewer: str) -> Json:
    """The `channel` object of conversations.* as the viewer gets it."""
    if channel.is_im:
        return _im_object(channel, viewer)
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.is_public,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": not channel.is_public,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "unlinked": 0,
        "context_team_id": HOME_TEAM,
        "shared_team_ids": [HOME_TEAM],
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "num_members": len(channel.members),
        "previous_names": [],
    }


def _im_object(channel: Channel, viewer: str) -> Json:
    others = [user for user in channel.members if user != viewer]
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_org_shared": False,
        "is_archived": False,
        "user": others[0] if others else viewer,
        "is_user_deleted": False,
        "priority": 0,
        "context_team_id": HOME_TEAM,
    }
