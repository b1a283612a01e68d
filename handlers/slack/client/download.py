"""Fetching a file from Slack: with the bot's token, from Slack only, bounded in size and time."""

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.text import say, size_words

TIMEOUT = 120.0
"""Seconds that a file may take."""
PIECE = 65_536


class NotFetched(Exception):
    """The file is not to be had; the text says why."""


async def download(client: AsyncWebClient, url: str, *, size: int, largest: int) -> bytes:
    """The file as it is at Slack; `size` is what Slack says of it.

    Without the scope `files:read` Slack answers 200 with its login page: what is not as long as it should be is none.

    Raises:
        NotFetched: it is elsewhere, too large, or not what was announced.
        aiohttp.ClientError, TimeoutError: Slack was not reached.
    """
    _check_host(client, url)
    if size > largest:
        raise NotFetched(say("it has {size}; {largest} are kept of a file", size=size_words(size),
                             largest=size_words(largest)))  # fmt: skip
    timeout, headers = aiohttp.ClientTimeout(total=TIMEOUT), {"Authorization": f"Bearer {client.token}"}
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, headers=headers, proxy=client.proxy, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            raise NotFetched(say("Slack answered {status}", status=answer.status))
        content = bytearray()
        async for piece in answer.content.iter_chunked(PIECE):
            content += piece
            if len(content) > largest:
                raise NotFetched(say("it is larger than {largest}", largest=size_words(largest)))
    if len(content) != size:
        raise NotFetched(say("Slack sent {sent} in place of {size}: does the app have the scope files:read?",
                             sent=size_words(len(content)), size=size_words(size)))  # fmt: skip
    return bytes(content)


def _check_host(client: AsyncWebClient, url: str) -> None:
    """The token goes to Slack and nowhere else."""
    asked, ours = urlsplit(url), urlsplit(client.base_url)
    at_slack = asked.scheme == "https" and (asked.hostname or "").endswith(".slack.com")
    if not at_slack and (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc):
        raise NotFetched(say("it is not kept by Slack"))
