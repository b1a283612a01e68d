"""What a person asks through Slack, and what they are answered, as typed values."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from bot.people import Actor
from bot.power.refusals import Way
from handlers.slack.blocks.elements import Block


@dataclass(frozen=True)
class Request:
    """A command, a click, or a form. `identity` is the same when Slack delivers the same thing twice."""

    actor: Actor
    channel: str
    identity: str
    command: str = ""
    text: str = ""
    trigger: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the person sees: words for them alone, or a form."""

    text: str = ""
    blocks: tuple[Block, ...] = ()
    modal: Block | None = None
    ends: bool = False
    """Whether the forms under the one that was submitted are over, too."""


@dataclass(frozen=True)
class Click:
    """A click on an element of a message or form."""

    action: str
    value: str
    request: Request
    message_ts: str = ""
    response_url: str = ""


@dataclass(frozen=True)
class Form:
    """A submitted form: its fields by name, and what it was opened about."""

    callback: str
    request: Request
    about: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attempt:
    """What somebody asked for, as it is counted; `identity` is the same when Slack delivers the same thing twice."""

    way: Way
    what: str
    identity: str


def user_of(body: dict[str, Any]) -> str:
    """Who asks, in any payload."""
    return str(body.get("user_id") or body.get("event", {}).get("user") or body["user"]["id"])


def command_identity(body: dict[str, Any]) -> str:
    """A command's identity: Slack gives each a trigger of its own."""
    return "command:" + (body.get("trigger_id") or _digest(body, "user_id", "command", "text", "response_url"))


def click_identity(body: dict[str, Any], action: dict[str, Any]) -> str:
    """A click's identity: message or view, element, user, and the moment that Slack stamped."""
    place = body.get("container", {})
    where = f"{place.get('channel_id')}:{place.get('message_ts')}:{place.get('view_id')}"
    what = f"{action.get('action_id')}:{action.get('action_ts')}:{body.get('trigger_id')}"
    return f"click:{where}:{body['user']['id']}:{what}"


def form_identity(body: dict[str, Any]) -> str:
    """A submission's identity: each view is submitted once in each state."""
    view = body["view"]
    return f"form:{view.get('id')}:{view.get('hash')}:{body.get('trigger_id')}"


def _digest(body: dict[str, Any], *names: str) -> str:
    return hashlib.sha256("\0".join(str(body.get(name)) for name in names).encode()).hexdigest()
