"""Channels, their messages and the rules for their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .blocks.walk import elements

NAME_LENGTH = 80
GENERAL = "general"
SYSTEM_SUBTYPES = frozenset(
    {
        "channel_join",
        "channel_leave",
        "channel_topic",
        "channel_purpose",
        "channel_name",
        "channel_archive",
        "channel_unarchive",
    }
)


@dataclass
class Message:
    """One message. `blocks` and `metadata` are never changed in place, so that a copy of the message stays as it was.

    `ephemeral_to` is the only person who sees the message; `edited` is the user and time of the last visible edit.
    """

    ts: str
    channel: str
    text: str = ""
    user: str | None = None
    bot_id: str | None = None
    username: str = ""
    blocks: Sequence[Mapping[str, Any]] | None = None
    attachments: Sequence[Mapping[str, Any]] | None = None
    files: Sequence[Mapping[str, Any]] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    metadata: Mapping[str, Any] | None = None
    edited: Mapping[str, str] | None = None
    ephemeral_to: str | None = None
    revision: int = 0
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_system(self) -> bool:
        """Whether Slack wrote it by itself: "… joined the channel"."""
        return self.subtype in SYSTEM_SUBTYPES

    def copy(self) -> Message:
        """A snapshot that later changes of the message do not reach."""
        return replace(self, reactions={name: list(users) for name, users in self.reactions.items()})

    def find(self, action_id: str, *, block_id: str | None = None) -> Mapping[str, Any]:
        """The first element with this action_id (in this block). Raises LookupError when there is none."""
        for block, element in elements(self.blocks or ()):
            if element.get("action_id") == action_id and block_id in (None, block.get("block_id")):
                return {**element, "block_id": block.get("block_id")}
        raise LookupError(f"the message has no element {action_id!r} in block {block_id!r}")

    def actions(self) -> list[Mapping[str, Any]]:
        """Every interactive element, in order, each with its `block_id`."""
        return [{**element, "block_id": block.get("block_id")} for block, element in elements(self.blocks or ())]


@dataclass(eq=False)
class Channel:
    """A public or private channel, a direct message (`is_im`) or a group of them (`is_mpim`)."""

    id: str
    name: str
    created: int
    creator: str
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_general: bool = False
    is_archived: bool = False
    topic: str = ""
    purpose: str = ""
    members: dict[str, None] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    pins: dict[str, int] = field(default_factory=dict)
    bookmarks: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_to: dict[str, str] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        return not (self.is_private or self.is_im or self.is_mpim)

    @property
    def kind(self) -> str:
        """ "public", "private", "im" or "mpim"."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "private" if self.is_private else "public"

    @property
    def type(self) -> str:
        """The `channel_type` of message events."""
        return {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}[self.kind]

    def sees(self, user: str) -> bool:
        """Whether the channel exists for this person at all."""
        return self.is_public or user in self.members

    def timeline(self) -> list[Message]:
        """Top-level messages and replies that were also sent to the channel, oldest first."""
        return [m for m in self._sorted(self.messages.values()) if not m.is_reply or m.broadcast]

    def thread(self, ts: str) -> list[Message]:
        """The parent and its replies, oldest first."""
        return [m for m in self._sorted(self.messages.values()) if ts in (m.ts, m.thread_ts)]

    def replies(self, ts: str) -> list[Message]:
        return [m for m in self.messages.values() if m.thread_ts == ts and m.ts != ts]

    def shown_to(self, user: str, thread: str | None) -> list[Message]:
        """What one person sees, their ephemeral messages among it, oldest first."""
        own = [m for m in self.ephemerals.values() if m.ephemeral_to == user and (m.thread_ts or None) == thread]
        return self._sorted([*(self.thread(thread) if thread else self.timeline()), *own])

    @staticmethod
    def _sorted(messages: Iterable[Message]) -> list[Message]:
        return sorted(messages, key=lambda message: message.ts)


def name_error(name: str) -> str | None:
    """Slack's error for a channel name it does not take; None when the name is fine."""
    if not name:
        return "invalid_name_required"
    if len(name) > NAME_LENGTH:
        return "invalid_name_maxlength"
    if not all(c in "-_" or (c.isalnum() and c == c.lower()) for c in name):
        return "invalid_name_specials"
    if not any(c.isalnum() for c in name):
        return "invalid_name_punctuation"
    return None
