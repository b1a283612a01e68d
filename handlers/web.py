"""The web port: health of the bot itself, metrics, and Slack's deliveries in HTTP mode."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import Refusal
from bot.text import say
from handlers.metrics import REGISTRY


class WebServer(uvicorn.Server):
    """uvicorn in our event loop, without its hold on the process's signals."""

    running: asyncio.Task[None]

    def install_signal_handlers(self) -> None:
        """Signals belong to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the bot."""
        yield

    async def stop(self) -> None:
        """Let requests end, then close."""
        self.should_exit = True
        await self.running


async def serve(app: Starlette, port: int) -> WebServer:
    """Serve on every interface.

    Raises:
        Refusal: the port cannot be had.
    """
    try:
        listener = socket.create_server(("0.0.0.0", port), reuse_port=False)
    except OSError as error:
        sentence = say("Port {port} (NEONOPS_WEB_PORT) cannot be used: {why}.", port=port, why=error.strerror)
        raise Refusal(sentence) from error
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3, lifespan="off")
    server = WebServer(config)
    server.running = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    return server


Probe = Callable[[], Awaitable[dict[str, bool]]]


def web_app(bolt: AsyncApp | None, ready: Probe, measure: Callable[[], Awaitable[None]]) -> Starlette:
    """`/healthz` (it lives), `/readyz` (it can work; 503 names what is missing), `/metrics`, `/slack/events`."""

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        checks = await ready()
        return JSONResponse({"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503)

    async def metrics(request: Request) -> Response:
        await measure()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    if bolt is not None:
        handler = AsyncSlackRequestHandler(bolt)
        routes.append(Route("/slack/events", handler.handle, methods=["POST"]))
    return Starlette(routes=routes)
