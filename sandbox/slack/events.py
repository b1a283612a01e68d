"""The events of the Events API that the workspace tells of, in their full shape, and who may hear them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .channels import Channel, Message
from .people import HOME_TEAM

Event = Mapping[str, Any]


def member_event(type: str, channel: Channel, user: str, *, event_ts: str, inviter: str | None = None) -> Event:
    """member_joined_channel and member_left_channel."""
    event = {
        "type": type,
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.is_public else "G",
        "team": HOME_TEAM,
        "event_ts": event_ts,
    }
    return {**event, "inviter": inviter} if inviter else event


def user_event(type: str, user: Mapping[str, Any], *, event_ts: str) -> Event:
    """user_change and team_join: the whole user object."""
    return {"type": type, "user": dict(user), "cache_ts": int(float(event_ts)), "event_ts": event_ts}


def archive_event(channel: Channel, user: str, *, event_ts: str, undone: bool = False) -> Event:
    """channel_archive, channel_unarchive, and the same of private channels: group_…"""
    type = ("channel_" if channel.is_public else "group_") + ("unarchive" if undone else "archive")
    return {"type": type, "channel": channel.id, "user": user, "is_moved": 0, "event_ts": event_ts}


def rename_event(channel: Channel, *, event_ts: str) -> Event:
    renamed = {"id": channel.id, "name": channel.name, "created": channel.created}
    return {"type": "channel_rename" if channel.is_public else "group_rename", "channel": renamed, "event_ts": event_ts}


def created_event(channel: Channel, *, event_ts: str) -> Event:
    created = {"id": channel.id, "name": channel.name, "created": channel.created, "creator": channel.creator}
    return {"type": "channel_created", "channel": created, "event_ts": event_ts}


def message_event(channel: Channel, wire: Mapping[str, Any]) -> Event:
    return {**wire, "channel": channel.id, "channel_type": channel.type, "event_ts": wire["ts"]}


def change_event(channel: Channel, *, before: Event, after: Event, event_ts: str) -> Event:
    """message_changed: the message as it is now and as it was."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": after,
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.type,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }


def deletion_event(channel: Channel, *, before: Event, event_ts: str) -> Event:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "deleted_ts": before["ts"],
        "channel": channel.id,
        "channel_type": channel.type,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }


def mention_event(channel: Channel, wire: Mapping[str, Any]) -> Event:
    mention = {**wire, "type": "app_mention", "channel": channel.id, "event_ts": wire["ts"]}
    mention.pop("subtype", None)
    return mention


def reaction_event(type: str, message: Message, name: str, *, user: str, event_ts: str) -> Event:
    return {
        "type": type,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": event_ts,
    }


def pin_event(message: Message, *, user: str, event_ts: str) -> Event:
    return {
        "type": "pin_added",
        "user": user,
        "channel_id": message.channel,
        "item": {"type": "message", "channel": message.channel, "created_by": user, "created": int(float(event_ts))},
        "event_ts": event_ts,
    }


def subscription_of(event: Event) -> str:
    """The name under which the manifest subscribes to this event: `message.channels`, `app_mention` …"""
    if event["type"] != "message":
        return str(event["type"])
    plurals = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
    return f"message.{plurals[event['channel_type']]}"
