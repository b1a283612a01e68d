"""Without Socket Mode the app gets signed POSTs, as Bolt's own verification accepts them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from guards import GUARD_S
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_world import DEVOPS, World, actions, button, in_world, modal, section
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.serving import serve
from sandbox.slack import Limits


def over_http(test: Callable[[World, AsyncApp], Awaitable[None]], *, secret: str | None = None) -> None:
    """Run a test with a Bolt app that listens on /slack/events."""

    async def main(world: World) -> None:
        app = AsyncApp(client=world.web, signing_secret=secret or world.slack.signing_secret)
        handler = AsyncSlackRequestHandler(app)

        async def events(request: Request) -> Response:
            return await handler.handle(request)

        running = await serve(Starlette(routes=[Route("/slack/events", events, methods=["POST"])]))
        try:
            world.slack.request_url = f"{running.url}/slack/events"
            await test(world, app)
        finally:
            await running.stop()

    in_world(main, limits=Limits(retry_after_seconds=(0.0, 0.0, 0.0)))


def test_commands_clicks_and_forms_arrive_signed() -> None:
    async def test(world: World, app: AsyncApp) -> None:
        seen: list[Any] = []

        @app.command("/probe")
        async def probe(ack, command) -> None:  # type: ignore[no-untyped-def]
            await ack(f"got {command['text']}")

        @app.action("press")
        async def press(ack, body, client) -> None:  # type: ignore[no-untyped-def]
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(section()))

        @app.view("form")
        async def form(ack, view) -> None:  # type: ignore[no-untyped-def]
            seen.append(view["callback_id"])
            await ack(response_action="clear")

        posted = await world.web.chat_postMessage(channel=DEVOPS, text="card", blocks=[actions(button())])
        assert (await world.slack.command("alice", "devops", "/probe", "é & ü")).ok
        assert (await world.slack.click("alice", DEVOPS, posted["ts"], action_id="press")).ok
        view = await world.slack.wait_for(lambda: world.slack.view("alice"))
        assert (await world.slack.submit("alice", view.id)).ok
        assert (seen, world.slack.views("alice")) == (["form"], ())
        assert world.slack.messages(DEVOPS, as_user="alice")[-1].text == "got é &amp; ü"

    over_http(test)


def test_the_address_is_verified_by_a_challenge() -> None:
    async def test(world: World, app: AsyncApp) -> None:
        await world.slack.verify_request_url(str(world.slack.request_url))
        with pytest.raises(ValueError, match="did not answer the challenge"):
            await world.slack.verify_request_url(f"{world.url}/nowhere")

    over_http(test)


def test_a_wrong_signing_secret_is_noticed() -> None:
    async def test(world: World, app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack) -> None:  # type: ignore[no-untyped-def]
            await ack()

        ack = await world.slack.command("alice", "devops", "/probe")
        assert (ack.ok, ack.error, ack.payload["reason"]) == (False, "dispatch_failed", "http_error")

    over_http(test, secret="0" * 32)


def test_events_are_retried_until_they_are_taken() -> None:
    async def test(world: World, app: AsyncApp) -> None:
        tries: list[str | None] = []
        taken = asyncio.Event()

        @app.middleware
        async def refuse_twice(request, next) -> Any:  # type: ignore[no-untyped-def]
            tries.append((request.headers.get("x-slack-retry-num") or [None])[0])
            if len(tries) > 2:
                await next()

        @app.event("app_home_opened")
        async def opened() -> None:
            taken.set()

        await world.slack.open_home("alice")
        async with asyncio.timeout(GUARD_S):
            await taken.wait()
        assert tries == [None, "1", "2"]

    over_http(test)
