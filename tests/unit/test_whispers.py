"""What is whispered through a click's response_url is masked like all else that Slack is told."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

from bot.integrations.http.proxies import Proxies
from bot.masking import MASK, Masker
from handlers.slack.client.api import Slack
from handlers.slack.messaging.responder import Responder


def test_a_whisper_is_masked() -> None:
    heard: list[Any] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.Response()

    async def main() -> None:
        app = web.Application()
        app.router.add_post("/response", hear)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as session:
            slack = Slack(None, None, Masker(["s3cr3t-value"]).mask_value)
            whisper = Responder(slack, session, Proxies()).whisper
            await whisper({"response_url": f"http://127.0.0.1:{port}/response"}, "it is s3cr3t-value")
        await runner.cleanup()

    asyncio.run(main())
    assert heard[0]["text"] == f"it is {MASK}"
