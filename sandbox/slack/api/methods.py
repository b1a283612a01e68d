"""What a Web API method is: its handler, its rate tier, the scopes it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..channels import Channel
from ..core import Core
from ..errors import SlackError
from .args import Args

Answer = Mapping[str, Any]
Handler = Callable[[Core, Args], Answer]
Alternatives = Sequence[str]
ScopesOf = Callable[[Core, Args], Alternatives]
TokenKind = Literal["bot", "app", "none"]


@dataclass(frozen=True)
class Method:
    """`scopes` names alternatives, one of which the app must have (none: no scope); `token` the kind it takes."""

    handler: Handler
    tier: int
    scopes: Alternatives | ScopesOf = ()
    token: TokenKind = "bot"

    def needed(self, core: Core, args: Args) -> Alternatives:
        return self.scopes(core, args) if callable(self.scopes) else self.scopes


def by_channel(
    *, public: Alternatives, private: Alternatives, im: Alternatives = (), mpim: Alternatives = (), arg: str = "channel"
) -> ScopesOf:
    """Scopes that depend on the kind of the channel in `arg`; for an unknown channel any of them will do."""
    by_kind = {"public": public, "private": private, "im": im or private, "mpim": mpim or private}

    def scopes(core: Core, args: Args) -> Alternatives:
        channel = core.channel(args.text(arg))
        return by_kind[channel.kind] if channel else tuple(dict.fromkeys((*public, *private, *im, *mpim)))

    return scopes


def seen_channel(core: Core, channel_id: str) -> Channel:
    """A channel that exists for the bot. Raises channel_not_found."""
    channel = core.channel(channel_id)
    if channel is None or not channel.sees(core.bot):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(core: Core, channel_id: str) -> Channel:
    """A channel the bot is in. Raises channel_not_found, not_in_channel."""
    channel = seen_channel(core, channel_id)
    if core.bot not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def live_channel(core: Core, channel_id: str) -> Channel:
    """A channel the bot is in and that is not archived. Raises is_archived too."""
    channel = joined_channel(core, channel_id)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def page(rows: Sequence[Any], args: Args, *, default: int, most: int) -> tuple[Sequence[Any], Answer]:
    """One page of rows and the `response_metadata` that leads to the next. Raises invalid_cursor."""
    cursor = args.text("cursor")
    if cursor and not (cursor.startswith("next:") and cursor[5:].isdigit()):
        raise SlackError("invalid_cursor")
    start = int(cursor[5:]) if cursor else 0
    end = start + args.number("limit", default, most=most)
    return rows[start:end], {"response_metadata": {"next_cursor": f"next:{end}" if end < len(rows) else ""}}
