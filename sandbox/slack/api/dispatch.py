"""The door of the Web API: token, scopes, rate limits and faults come before a method acts, and its answer after.

The order is Slack's: an unknown method, then the token, then the scope, then the rate limit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...serving import HANG_UP
from ..call_log import Call, summarize
from ..core import Core
from ..errors import SlackError
from . import app, chat, conversation_reading, conversations, decorations, files, users, views
from .args import Args, read_args
from .methods import Method

METHODS: Mapping[str, Method] = {
    **app.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **conversation_reading.METHODS,
    **decorations.METHODS,
    **files.METHODS,
    **users.METHODS,
    **views.METHODS,
}
_UNKNOWN = Method(app.api_test, 4, token="none")


@dataclass(frozen=True)
class _Outcome:
    body: Mapping[str, Any]
    status: int = 200
    retry_after: int | None = None

    @property
    def name(self) -> str:
        return "ok" if self.body["ok"] else str(self.body["error"])


class NoAnswer(Response):
    """Closes the connection instead of answering."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"][HANG_UP]()
        await asyncio.sleep(0)
        await super().__call__(scope, receive, send)


async def call_method(core: Core, request: Request) -> Response:
    """One call, from the bytes of the request to the answer, noted in `calls` and the traffic."""
    name = request.path_params["method"]
    core.base_url = str(request.base_url)
    began, at = time.perf_counter(), core.now()
    args = Args({})
    try:
        args, token = await read_args(request)
        if core.faults.take_lost_request(name):
            return NoAnswer()
        await asyncio.sleep(core.faults.latency(name))
        outcome = _call(core, name, args, token)
    except SlackError as error:
        outcome = _refusal(error)
    lost = core.faults.take_lost_answer(name)
    core.calls.append(Call(name, args.values, at, outcome.name, answer_lost=lost))
    ms = (time.perf_counter() - began) * 1000
    shown = f"{outcome.name} (answer lost)" if lost else outcome.name
    core.traffic.note("api", name, ms=ms, outcome=shown, summary=summarize(args.values))
    return NoAnswer() if lost else _response(core, METHODS.get(name, _UNKNOWN), outcome)


def _call(core: Core, name: str, args: Args, token: str | None) -> _Outcome:
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    _check_token(core, method, token)
    _check_scopes(core, method, args)
    if (limited := _rate(core, name, method, args)) is not None:
        return limited
    if (fault := core.faults.take_error(name)) is not None:
        return _Outcome({"ok": False, "error": fault.error}, fault.status)
    return _Outcome({"ok": True, **method.handler(core, args)})


def _check_token(core: Core, method: Method, token: str | None) -> None:
    if method.token == "none":
        return
    if not token:
        raise SlackError("not_authed")
    kinds = {core.app.bot_token: "bot", core.app.app_token: "app"}
    if token not in kinds:
        raise SlackError("invalid_auth")
    if kinds[token] != method.token:
        raise SlackError("not_allowed_token_type")


def _check_scopes(core: Core, method: Method, args: Args) -> None:
    granted = (*core.manifest.scopes, "connections:write") if method.token == "app" else core.manifest.scopes
    needed = method.needed(core, args)
    if needed and not set(needed) & set(granted):
        raise SlackError("missing_scope", needed=",".join(needed[:1]), provided=",".join(core.manifest.scopes))


def _rate(core: Core, name: str, method: Method, args: Args) -> _Outcome | None:
    fault = core.faults.take_rate_limit(name, args.text("channel"))
    wait = fault.retry_after if fault else core.budgets.method(name, method.tier)
    return _limited(wait) if wait or fault else None


def _limited(retry_after: int) -> _Outcome:
    return _Outcome({"ok": False, "error": "ratelimited"}, 429, retry_after)


def _refusal(error: SlackError) -> _Outcome:
    if error.error == "ratelimited":
        return _limited(error.extra["retry_after"])
    return _Outcome({"ok": False, "error": error.error, **error.extra})


def _response(core: Core, method: Method, outcome: _Outcome) -> Response:
    accepted = () if callable(method.scopes) else method.scopes
    headers = {
        "x-oauth-scopes": ",".join(core.manifest.scopes),
        "x-accepted-oauth-scopes": ",".join(accepted),
        "x-slack-req-id": core.ids.secret(16),
    }
    if outcome.retry_after is not None:
        headers["Retry-After"] = str(outcome.retry_after)
    return JSONResponse(dict(outcome.body), status_code=outcome.status, headers=headers)
