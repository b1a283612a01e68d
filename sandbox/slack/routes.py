"""The addresses of the practice Slack: Web API, Socket Mode, response_urls, uploads, and the page's own."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from .api.dispatch import NoAnswer, call_method
from .api.files import serve, upload
from .call_log import summarize
from .core import Core
from .errors import SlackError
from .reading import Reading
from .ui.routes import ui_routes

_STATUS = {"expired_url": 404, "used_url": 404}


def build_routes(core: Core, reading: Reading) -> list[BaseRoute]:
    """Routes that may be mounted in a bigger app."""

    async def api(request: Request) -> Response:
        return await call_method(core, request)

    async def respond(request: Request) -> Response:
        return await _respond(core, request)

    async def upload_file(request: Request) -> Response:
        return await upload(core, request)

    async def file_of(request: Request) -> Response:
        return serve(core, request)

    return [
        Route("/api/{method:path}", api, methods=["GET", "POST"]),
        WebSocketRoute("/socket", core.sockets.endpoint),
        Route("/response/{token}", respond, methods=["POST"]),
        Route("/upload/{token}", upload_file, methods=["POST"]),
        Route("/files/{file}/{name:path}", file_of, methods=["GET"]),
        *ui_routes(core, reading),
    ]


async def _respond(core: Core, request: Request) -> Response:
    """A POST to a response_url; the fault methods call it `response_url`."""
    lost = core.faults.take_lost_answer("response_url")
    body: dict[str, Any] = {}
    try:
        body = _body(await request.body())
        core.responses.use(request.path_params["token"], body)
    except SlackError as error:
        core.traffic.note("response_url", "response_url", outcome=error.error, summary=summarize(body))
        answer = {"ok": False, "error": error.error, **error.extra}
        return JSONResponse(answer, status_code=_STATUS.get(error.error, 400))
    core.traffic.note("response_url", "response_url", summary=summarize(body))
    return NoAnswer() if lost else JSONResponse({"ok": True})


def _body(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
