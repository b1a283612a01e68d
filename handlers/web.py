"""The web port: health of the bot itself, metrics, and Slack's deliveries in HTTP mode."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handlers.metrics import REGISTRY

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
