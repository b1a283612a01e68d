"""The payloads of commands, actions, submissions and shortcuts in the full shape that Slack sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .app import TEAM_DOMAIN, AppIdentity
from .channels import Channel, Message
from .people import HOME_TEAM, Person

Json = dict[str, Any]
_CHANNEL_NAMES = {"im": "directmessage", "private": "privategroup"}


@dataclass(frozen=True)
class Operation:
    """What every payload carries: who did it, the trigger it gave, and when (unix seconds with six digits)."""

    person: Person
    trigger_id: str
    at: str


def command_payload(
    operation: Operation, app: AppIdentity, channel: Channel, *, command: str, text: str, url: str
) -> Json:
    return {
        "token": app.verification_token,
        "team_id": operation.person.team_id,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": operation.person.id,
        "user_name": operation.person.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": operation.trigger_id,
    }


def message_action(
    operation: Operation, app: AppIdentity, message: Message, *, channel: Channel, wire: Mapping[str, Any], url: str
) -> Json:
    """block_actions from a message, without its `actions` and `state`; an ephemeral one comes without `message`."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = {
        "type": "block_actions",
        **_head(operation, app),
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": url,
    }
    return payload if container["is_ephemeral"] else {**payload, "message": dict(wire)}


def view_action(operation: Operation, app: AppIdentity, view: Mapping[str, Any]) -> Json:
    """block_actions from a modal or home tab, without its `actions`."""
    return {
        "type": "block_actions",
        **_head(operation, app),
        "container": {"type": "view", "view_id": view["id"]},
        "view": dict(view),
    }


def submission(operation: Operation, app: AppIdentity, view: Mapping[str, Any], response_urls: list[Json]) -> Json:
    head = _head(operation, app)
    return {"type": "view_submission", **head, "view": dict(view), "response_urls": response_urls}


def closing(operation: Operation, app: AppIdentity, view: Mapping[str, Any], *, is_cleared: bool) -> Json:
    head = _head(operation, app)
    head.pop("trigger_id")
    return {"type": "view_closed", **head, "view": dict(view), "is_cleared": is_cleared}


def global_shortcut(operation: Operation, app: AppIdentity, callback_id: str) -> Json:
    return {"type": "shortcut", "action_ts": operation.at, **_head(operation, app), "callback_id": callback_id}


def message_shortcut(
    operation: Operation, app: AppIdentity, callback_id: str, *, channel: Channel, wire: Mapping[str, Any], url: str
) -> Json:
    return {
        "type": "message_action",
        "action_ts": operation.at,
        **_head(operation, app),
        "callback_id": callback_id,
        "message_ts": wire["ts"],
        "message": dict(wire),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": url,
    }


def channel_name(channel: Channel) -> str:
    """What payloads call the channel: private ones and direct messages are not named."""
    return _CHANNEL_NAMES.get(channel.kind, channel.name)


def _head(operation: Operation, app: AppIdentity) -> Json:
    person = operation.person
    return {
        "team": {"id": HOME_TEAM, "domain": TEAM_DOMAIN},
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": app.id,
        "token": app.verification_token,
        "trigger_id": operation.trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }
