"""Slack's payloads as what a person asks, and our answers as Slack takes them in an ack."""

from dataclasses import replace
from typing import Any

from bot.errors import Refusal
from bot.people import Actor
from handlers.slack.blocks.elements import Block, section
from handlers.slack.interaction.requests import Click, Reply, Request, click_identity


def read_click(body: dict[str, Any], action: dict[str, Any], actor: Actor | None) -> Click:
    """A click, wherever it was made: in a message, a form or the Home."""
    user = body["user"]["id"]
    channel = (body.get("channel") or {}).get("id") or body.get("container", {}).get("channel_id") or user
    there = replace(actor or Actor(user, user), place=channel)
    request = Request(there, channel, click_identity(body, action), trigger=body.get("trigger_id"))
    value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
    message = body.get("message") or {}
    ts = message.get("thread_ts") or message.get("ts") or body.get("container", {}).get("message_ts") or ""
    return Click(action["action_id"], value, request, ts, body.get("response_url", ""))


def read_fields(view: dict[str, Any]) -> dict[str, str]:
    """What was filled in, by the names of the fields."""
    values = view.get("state", {}).get("values", {})
    return {name: _value(element) for fields in values.values() for name, element in fields.items()}


def _value(element: dict[str, Any]) -> str:
    ticked = ",".join(option["value"] for option in element.get("selected_options") or ())
    picked = element.get("selected_date") or element.get("selected_time")
    return str(picked or element.get("value") or (element.get("selected_option") or {}).get("value") or ticked)


def ephemeral(reply: Reply) -> dict[str, Any]:
    """A reply that only this person sees; nothing when there are no words."""
    if not reply.text:
        return {}
    blocks: list[Block] = list(reply.blocks) or [section(reply.text)]
    return {"response_type": "ephemeral", "text": reply.text, "blocks": blocks[:50]}


def form_answer(reply: Reply, refusal: Refusal | None, field: str | None) -> dict[str, Any]:
    """A refusal at its field of the form, the form that comes next, or the end of this one (or of all)."""
    if refusal is None:
        following = {"response_action": "push", "view": reply.modal} if reply.modal else {}
        return {"response_action": "clear"} if reply.ends else following
    return {"response_action": "errors", "errors": {field: refusal.sentence}} if field else {}
