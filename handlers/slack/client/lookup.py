"""Finding out whether a message was posted whose answer was lost: by the op_id in its metadata."""

from typing import Any

from bot.delivery.urgency import ORDINARY
from handlers.slack.client.api import Refused, Slack

EVENT_TYPE = "neonops_message"


def metadata(op_id: str) -> dict[str, Any]:
    """What marks a message as ours. Everybody in the workspace can read it: it holds nothing but the id."""
    return {"event_type": EVENT_TYPE, "event_payload": {"op_id": op_id}}


async def find_message(
    slack: Slack, channel: str, op_id: str, *, thread: str | None = None, priority: int = ORDINARY
) -> str | None:
    """The ts of the message with this op_id among the channel's (or thread's) latest; None when there is none.

    Where the bot may post but not read (a channel it is no member of), nothing can be found.
    """
    if channel[:1] in ("U", "W"):
        opened = await _conversation_with(slack, channel, priority)
        if opened is None:
            return None
        channel = opened
    where = {"ts": thread} if thread else {}
    method = "conversations.replies" if thread else "conversations.history"
    try:
        page = await slack.call(
            method, priority=priority, channel=channel, limit=100, include_all_metadata=True, **where
        )
    except Refused as refusal:
        if refusal.code in ("not_in_channel", "channel_not_found", "missing_scope", "thread_not_found"):
            return None
        raise
    for message in page.get("messages", []):
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        if payload.get("op_id") == op_id:
            return str(message["ts"])
    return None


async def _conversation_with(slack: Slack, user: str, priority: int) -> str | None:
    """The direct message with a user, by the id under which it is read; None when Slack opens none."""
    try:
        answer = await slack.call("conversations.open", priority=priority, users=user)
    except Refused:
        return None
    return str(answer["channel"]["id"])


async def message_at(slack: Slack, channel: str, ts: str) -> dict[str, Any] | None:
    """The message of this time, also one in a thread; None when it is not there any more."""
    answer = await slack.call("conversations.replies", channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True)
    return next((each for each in answer["messages"] if each["ts"] == ts), None)
