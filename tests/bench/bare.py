"""The yardstick: a Bolt app in Socket Mode that acks everything and does nothing else."""

import asyncio
import os
import re

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

_ANY = re.compile("")


async def _ack(ack: AsyncAck) -> None:
    await ack()


async def main() -> None:
    """Connect with the tokens of the environment and run until the process is ended."""
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client)
    app.command(_ANY)(_ack)
    app.action(_ANY)(_ack)
    app.event(_ANY)(_nothing)
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()  # type: ignore[no-untyped-call]


async def _nothing() -> None:
    pass


if __name__ == "__main__":
    asyncio.run(main())
