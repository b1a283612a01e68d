"""A practice Slack behind a real server, with Slack's own SDK and a Bolt app to drive it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from guards import GUARD_S
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Limits, Person, PracticeSlack

ALICE = Person("U0ALICE", "alice", "Alice Andrade", "alice@example.com", title="Platform lead", is_admin=True)
BRUNO = Person("U0BRUNO", "bruno", "Bruno Braga", "bruno@example.com")
GUEST = Person("U0GUEST", "gil", "Gil Guest", is_restricted=True)
ONE_CHANNEL = Person("U0SINGLE", "uma", "Uma Single", is_ultra_restricted=True)
OUTSIDER = Person("U0OUTSIDE", "otto", "Otto Outside", team_id="T0OTHER")
GONE = Person("U0GONE", "gina", "Gina Gone", deleted=True)
PEOPLE = (ALICE, BRUNO, GUEST, ONE_CHANNEL, OUTSIDER, GONE)
DEVOPS = "C0DEVOPS"

SCOPES = (
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
EVENTS = ("app_home_opened", "app_mention", "channel_archive", "member_joined_channel", "message.channels")


def manifest(*, without: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """A small manifest of version 2, without some scopes."""
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Probe"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Probe"},
            "slash_commands": [
                {"command": "/probe", "description": "Try", "usage_hint": "[text]", "should_escape": True},
                {"command": "/raw", "description": "Try without escaping"},
            ],
            "shortcuts": [
                {"name": "Probe it", "type": "global", "callback_id": "probe_it", "description": "Try"},
                {"name": "Note it", "type": "message", "callback_id": "note_it", "description": "Try"},
            ],
        },
        "oauth_config": {"scopes": {"bot": [scope for scope in SCOPES if scope not in without]}},
        "settings": {
            "event_subscriptions": {"bot_events": [event for event in EVENTS if not without]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
        **changes,
    }


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1_770_000_000.0

    def __call__(self) -> float:
        return self.at


class World:
    """`slack` served at `url`; `web` is Slack's own client with the bot's token."""

    def __init__(self, slack: PracticeSlack, url: str) -> None:
        self.slack, self.url = slack, url
        self.web = self.client(slack.bot_token)

    def client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=f"{self.url}/api/", retry_handlers=[], timeout=int(GUARD_S))

    async def error(self, call: Awaitable[Any]) -> Any:
        """The answer of a call that Slack refuses."""
        try:
            await call
        except SlackApiError as error:
            return error.response
        raise AssertionError("Slack refused nothing")

    async def error_name(self, call: Awaitable[Any]) -> str:
        return str((await self.error(call))["error"])

    @asynccontextmanager
    async def bolt(self, *, connections: int = 1) -> AsyncIterator[AsyncApp]:
        """A Bolt app connected in Socket Mode."""
        app = AsyncApp(client=self.web)
        handlers = [AsyncSocketModeHandler(app, self.slack.app_token, ping_interval=1) for _ in range(connections)]
        for handler in handlers:
            await handler.connect_async()
        await self.slack.wait_for(lambda: self.slack.connections == connections)
        try:
            yield app
        finally:
            for handler in handlers:
                await handler.close_async()


def in_world(
    test: Callable[[World], Awaitable[None]], *, limits: Limits | None = None, now: Clock | None = None, **changes: Any
) -> None:
    """Run an async test in a fresh, served workspace; `changes` go to the manifest."""

    async def main() -> None:
        clock = {"now": now} if now else {}
        slack = PracticeSlack(
            manifest=manifest(**changes), people=PEOPLE, channels=("general", "devops"), limits=limits, **clock
        )
        running = await slack.serve()
        try:
            await test(World(slack, running.url))
        finally:
            await running.stop()

    asyncio.run(main())


def button(action_id: str = "press", value: str = "1", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Press"), "action_id": action_id, "value": value, **more}


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "text", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def text_input(block_id: str = "title", **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value", **more}
    return {"type": "input", "block_id": block_id, "label": plain("Title"), "element": element}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    view = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send")}
    return {**view, "blocks": list(blocks), **more}
