"""What an area serves on the web port: a path, who may ask, how much may be sent, and what answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.ports import DatabaseAway
from handlers.metrics import UNSIGNED
from handlers.web.limits import shown

log = structlog.get_logger()

Check = Callable[[bytes, Mapping[str, str]], bool]
"""Whether a request, by its body and headers, comes from whom it says."""


@dataclass(frozen=True)
class Endpoint:
    """`check`: nothing of a request is read as anything before it says yes (None = anybody may ask); by `signer`.

    `body_bytes`: a smaller limit than the port's own. `always`: answered however many other requests there are.
    """

    path: str
    answer: Callable[[Request], Awaitable[Response]]
    method: str = "GET"
    check: Check | None = None
    signer: str = "its sender"
    body_bytes: int | None = None
    always: bool = False


def route(endpoint: Endpoint) -> Route:
    """The endpoint as Starlette serves it: 401 to who does not pass its check."""

    async def answer(request: Request) -> Response:
        if endpoint.check and not endpoint.check(await request.body(), request.headers):
            return refused(request, 401, f"not signed by {endpoint.signer}")
        try:
            return await endpoint.answer(request)
        except DatabaseAway:
            return refused(request, 503, "try again later")

    return Route(endpoint.path, answer, methods=[endpoint.method])


def refused(request: Request, status: int, why: str) -> Response:
    """A refusal in words, and in the log."""
    if status == 401:
        UNSIGNED.labels(request.url.path).inc()
    log.warning("web.refused", status=status, why=why, path=shown(request.url.path))
    return PlainTextResponse(f"{why}\n", status)
