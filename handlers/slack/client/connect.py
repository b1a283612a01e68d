"""Meeting Slack at the start: the client, and who the bot is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refusal
from bot.integrations.http.proxies import DIRECT, Proxies
from bot.settings import Settings
from bot.text import say
from bot.waking import Lease, Superseded
from handlers.slack.client.api import Refused, Slack, SlackError
from handlers.slack.client.budgets import Budgets
from handlers.slack.client.error_codes import TOKEN, Meaning

log = structlog.get_logger()

TRIES = 60
"""How often Slack is asked who we are, while it is away."""


@dataclass(frozen=True)
class Connection:
    """What the bot talks to Slack with, and as whom."""

    session: aiohttp.ClientSession
    client: AsyncWebClient
    slack: Slack
    bot: AuthorizeResult


async def meet_slack(
    settings: Settings, mask: Callable[[Any], Any], lease: Lease | None = None, proxies: Proxies = DIRECT
) -> Connection:
    """Open the client and ask who we are: a token that is wrong is said at once, an outage is waited through.

    Raises:
        Refusal: a setting is missing, or Slack refuses the token.
    """
    token = checked_token(settings)
    traced = [held(lease)] if lease else None
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15), trace_configs=traced)
    client = AsyncWebClient(token, base_url=settings.slack_api_url, session=session, retry_handlers=[])
    # The SDK would take a proxy from the environment by rules of its own, which know no NO_PROXY.
    client.proxy = proxies.for_url(settings.slack_api_url)
    slack = Slack(client, Budgets(), mask)
    try:
        bot = _bot(token, await _who(slack, settings.slack_api_url))
    except BaseException:
        await session.close()
        raise
    slack.user_id, slack.team_id, slack.url = str(bot.bot_user_id), str(bot.team_id), str(bot.url or "")
    return Connection(session, client, slack, bot)


def held(lease: Lease) -> aiohttp.TraceConfig:
    """Whatever Slack is asked is asked while the lease is held: nearly all of it is POST."""

    async def hold(*_: Any) -> None:
        await lease.hold()

    async def hold_body(*_: Any) -> None:
        try:
            await lease.hold()
        except Superseded as error:
            # aiohttp writes the body in a task of its own, out of which only an error of its kind reaches who asks.
            raise aiohttp.ClientConnectionError("not sent: another replica has taken this over") from error

    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(hold)
    # Headers wait in a buffer for the body, which is written some turns of the loop later.
    config.on_request_chunk_sent.append(hold_body)
    return config


def checked_token(settings: Settings) -> str:
    """The bot's token.

    Raises:
        Refusal: a setting is missing without which Slack cannot be reached, or cannot reach us.
    """
    if settings.slack_bot_token is None:
        raise Refusal(say("SLACK_BOT_TOKEN is not set. Install the app from manifest.yml, and copy its bot token."))
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        sentence = say(
            "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP mode) is set, so Slack cannot reach "
            "NeonOps."
        )
        raise Refusal(sentence)
    if settings.slack_app_token is None and not settings.web_port:
        raise Refusal(say("HTTP mode needs NEONOPS_WEB_PORT: Slack calls /slack/events there."))
    return settings.slack_bot_token.get_secret_value()


async def _who(slack: Slack, url: str) -> dict[str, Any]:
    for attempt in range(1, TRIES + 1):
        try:
            return await slack.call("auth.test")
        except SlackError as error:
            if isinstance(error, Refused) and (error.code in TOKEN or error.meaning is not Meaning.AWAY):
                raise Refusal(auth_words(error.code)) from error
            log.warning("slack.away", why=str(error), attempt=attempt)
            await asyncio.sleep(min(0.5 * attempt, 10))
    raise Refusal(say("Slack does not answer at {url}.", url=url))


def _bot(token: str, answer: dict[str, Any]) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=answer.get("enterprise_id"),
        team_id=answer["team_id"],
        team=answer.get("team"),
        url=answer.get("url"),
        bot_token=token,
        bot_id=answer.get("bot_id"),
        bot_user_id=answer["user_id"],
    )


def app_token_words(code: str) -> str:
    """What a refused app-level token means, and how to mend it."""
    return say(
        "Slack refuses SLACK_APP_TOKEN ({code}). Make an app-level token (xapp-…) with the scope connections:write on "
        "the app's page, under Basic Information.",
        code=code,
    )


def auth_words(code: str) -> str:
    """What a refused token means, and how to mend it."""
    if code in TOKEN:
        return say(
            "Slack refuses SLACK_BOT_TOKEN ({code}). Copy the Bot User OAuth Token (xoxb-…) from the app's page, under "
            "Install App.",
            code=code,
        )
    return say("Slack refuses to say who NeonOps is: {code}.", code=code)
