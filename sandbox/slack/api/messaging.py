"""What several methods need of a message: its thread, its metadata, whose it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..channels import Channel, Message
from ..core import Core
from ..errors import SlackError
from .args import Args

# Slack publishes no number; this is far above an id and far below what anybody should put there.
METADATA_BYTES = 8_000


def own_message(core: Core, channel: Channel, ts: str, *, foreign: str) -> Message:
    """A message of the bot's; ephemeral ones are not found. Raises message_not_found, or `foreign` for another's."""
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.user != core.bot or message.is_system:
        raise SlackError(foreign)
    return message


def thread_of(channel: Channel, args: Args) -> str | None:
    """The parent's timestamp. Raises thread_not_found, cannot_reply_to_message (to a reply or a system message)."""
    ts = args.text("thread_ts")
    if not ts:
        return None
    parent = channel.messages.get(ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply or parent.is_system:
        raise SlackError("cannot_reply_to_message")
    return ts


def checked_metadata(args: Args) -> Mapping[str, Any] | None:
    """Raises invalid_metadata_format, invalid_metadata_schema, metadata_too_large."""
    metadata = args.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping):
        raise SlackError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not re.fullmatch(r"[\w.:-]{1,255}", kind) or not isinstance(payload, Mapping):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata
