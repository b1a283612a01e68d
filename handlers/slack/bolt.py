"""Bolt's app: three catch-all listeners, and the events that are heard."""

import logging
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.text.values import in_language
from handlers.slack.interaction.requests import user_of
from handlers.slack.listeners import Listeners

log = structlog.get_logger()

Language = Callable[[str], str]
_ANY = re.compile("")
"""Matches every id: the tables decide."""


def build_bolt(
    client: AsyncWebClient, listeners: Listeners, signing_secret: str | None, bot: AuthorizeResult, language: Language
) -> AsyncApp:
    """The Bolt app. Who we are was asked once at start, so that no request waits for `auth.test`.

    `language`: what a user reads, so that whoever asks for something is answered in it; empty = the team's.
    """

    async def authorize(**_: Any) -> AuthorizeResult:
        return bot

    logging.getLogger("slack_bolt.AsyncApp").addFilter(_about_token)
    app = AsyncApp(
        name="bolt",  # else Bolt reads the source files of its callers to find one
        client=client,
        authorize=authorize,
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        # Else Bolt looks a hundred times a second, for every delivery under way, whether it was acked.
        process_before_response=True,
    )
    register(app, listeners, language)
    return app


def _about_token(record: logging.LogRecord) -> bool:
    """Bolt warns twice that a token in the environment is not used: `authorize` hands it the same one."""
    unused = ("`token` (or SLACK_BOT_TOKEN env variable) will be ignored", "`token` will be unused")
    return not any(words in record.getMessage() for words in unused)


def register(app: AsyncApp, listeners: Listeners, language: Language) -> None:
    """Bind ids to plain functions: one catch-all a kind."""

    def in_theirs(listener: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @wraps(listener)
        async def answer(*, body: dict[str, Any], **more: Any) -> None:
            with in_language(language(user_of(body))):
                await listener(body=body, **more)

        return answer

    app.command(_ANY)(in_theirs(listeners.command))
    app.action(_ANY)(in_theirs(listeners.action))
    app.view(_ANY)(in_theirs(listeners.form))
    app.shortcut(_ANY)(in_theirs(listeners.shortcut))
    app.event("app_home_opened")(in_theirs(listeners.home_opened))
    app.event("member_joined_channel")(listeners.member_joined)
    app.event("member_left_channel")(listeners.member_left)
    app.event("channel_unarchive")(listeners.channel_opened)
    app.event("group_unarchive")(listeners.channel_opened)
    app.event("user_change")(listeners.user_changed)
    app.event("team_join")(listeners.user_changed)
    app.event("reaction_added")(listeners.reacted)
    for subtype in ("message_changed", "message_deleted"):
        app.event({"type": "message", "subtype": subtype})(listeners.message_changed)
    app.event(_ANY)(_ignore)
    app.error(_defect)


async def _ignore(body: dict[str, Any]) -> None:
    """Events that the manifest brings and nobody needs."""


async def _defect(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What raised outside any answer: an event is not acked, so that Slack brings it again; all else is."""
    log.error("bolt.defect", exc_info=error)
    return BoltResponse(status=503 if body.get("type") == "event_callback" else 200, body="")
