"""Whether the bot lives and can work, and its metrics: for machines that watch it."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from handlers.metrics import REGISTRY
from handlers.web.endpoints import Endpoint

Probe = Callable[[], Awaitable[dict[str, bool]]]


async def _healthz(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def probes(ready: Probe) -> list[Endpoint]:
    """`/healthz` (it lives), `/readyz` (it can work; 503 names what is missing)."""

    async def readyz(request: Request) -> Response:
        checks = await ready()
        return JSONResponse({"ready": all(checks.values()), **checks}, 200 if all(checks.values()) else 503)

    return [Endpoint("/healthz", _healthz, always=True), Endpoint("/readyz", readyz, always=True)]


def metrics(measure: Callable[[], Awaitable[None]]) -> list[Endpoint]:
    """`/metrics`, for Prometheus."""

    async def answer(request: Request) -> Response:
        await measure()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [Endpoint("/metrics", answer)]
