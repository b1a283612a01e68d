"""The web port: health of the bot itself, metrics, and Slack's deliveries in HTTP mode."""

from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from handlers.metrics import REGISTRY
from handlers.web.limits import LIMITS, Bounded, Limits

log = structlog.get_logger()

HEALTH = frozenset({"/healthz", "/readyz"})
"""Paths that are answered however many other requests there are."""
Probe = Callable[[], Awaitable[dict[str, bool]]]


def web_app(
    slack: tuple[AsyncApp, str] | None,
    ready: Probe,
    measure: Callable[[], Awaitable[None]],
    limits: Limits = LIMITS,
) -> ASGIApp:
    """`/healthz` (it lives), `/readyz` (it can work; 503 names what is missing), `/metrics`, `/slack/events`.

    `slack`: Bolt's app and the signing secret, in HTTP mode.
    """

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        checks = await ready()
        return JSONResponse({"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503)

    async def metrics(request: Request) -> Response:
        await measure()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    if slack is not None:
        routes.append(Route("/slack/events", SlackEvents(*slack).answer, methods=["POST"]))
    return Bounded(Starlette(routes=routes), limits, HEALTH)


class SlackEvents:
    """Slack's deliveries: nothing of a request is read as anything before its signature was found right."""

    def __init__(self, bolt: AsyncApp, secret: str) -> None:
        self._bolt, self._verifier = bolt, SignatureVerifier(secret)

    async def answer(self, request: Request) -> Response:
        """Bolt's answer; 401 to what Slack did not sign, or long ago, and 400 to what cannot be read."""
        body = await request.body()
        if not self._is_slacks(body, dict(request.headers)):
            return _refused(401, "not signed by Slack")
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, TypeError, AttributeError):  # no JSON, or JSON that is no delivery
            return _refused(400, "not to be read")
        return to_starlette_response(await self._bolt.async_dispatch(asked))

    def _is_slacks(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(body, headers)
        except (ValueError, TypeError):  # a timestamp that is no number; a body or signature that is no text
            return False


def _refused(status: int, why: str) -> Response:
    log.warning("web.refused", status=status, why=why, path="/slack/events")
    return PlainTextResponse(f"{why}\n", status)
