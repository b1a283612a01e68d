"""Telling one person something after the ack: through the click's response_url, else by a direct message.

It is a courtesy, never the record: what fails here is logged and forgotten.
"""

from typing import Any

import aiohttp
import structlog

from bot.integrations.http.proxies import Proxies
from handlers.slack.client.api import Slack, SlackError

log = structlog.get_logger()


class Responder:
    """Whispers."""

    def __init__(self, slack: Slack, session: aiohttp.ClientSession, proxies: Proxies) -> None:
        self._slack, self._session, self._proxies = slack, session, proxies

    async def whisper(self, body: dict[str, Any], text: str) -> None:
        """Tell the person who clicked, where they clicked, so that only they see it."""
        url = body.get("response_url")
        if not url:
            await self.tell(body.get("user", {}).get("id") or body.get("user_id", ""), text)
            return
        answer = {"response_type": "ephemeral", "replace_original": False, "text": self._slack.masked(text)}
        try:
            limit, proxy = aiohttp.ClientTimeout(total=10), self._proxies.for_url(url)
            async with self._session.post(url, json=answer, timeout=limit, proxy=proxy) as response:
                if response.status != 200:
                    log.info("whisper.refused", status=response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("whisper.lost", why=type(error).__name__)

    async def tell(self, user: str, text: str, channel: str | None = None) -> None:
        """Tell a person: only to them in a channel, else by a direct message."""
        try:
            if channel:
                await self._slack.call("chat.postEphemeral", channel=channel, user=user, text=text)
            else:
                await self._slack.call("chat.postMessage", channel=user, text=text)
        except SlackError as error:
            if channel:
                await self.tell(user, text)
            else:
                log.info("tell.refused", why=str(error))
