"""The practice Vercel's HTTP face under /vercel, for `VERCEL_API_URL`. The version in a path may be any."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.vercel import shapes as shapes
from sandbox.neonpro.vercel.errors import VercelError
from sandbox.neonpro.vercel.listing import number, page
from sandbox.neonpro.vercel.state import Vercel

Endpoint = Callable[[Request], Awaitable[Response]]
RETRY_AFTER_SECONDS = 2


def vercel_routes(vercel: Vercel, token: str) -> list[BaseRoute]:
    """The routes; every one of them wants the bearer token and takes teamId or slug."""
    reads: dict[str, Endpoint] = {
        "projects/{project}": _project,
        "projects/{project}/promote/aliases": _aliases,
        "projects/{project}/rollback/aliases": _aliases,
        "projects/{project}/rolling-release": _rolling_release,
        "deployments/{deployment:path}/events": _events,
        "deployments": _deployments,
        "deployments/{deployment:path}": _deployment,
    }
    acts: dict[tuple[str, str], Endpoint] = {
        ("POST", "deployments"): _create,
        ("PATCH", "deployments/{deployment}/cancel"): _cancel,
        ("POST", "projects/{project}/promote/{deployment}"): _move,
        ("POST", "projects/{project}/rollback/{deployment}"): _move,
        ("PATCH", "projects/{project}/rollback/{deployment}/update-description"): _describe,
    }
    guarded = [_route("GET", path, _guarded(vercel, token, _as_switched(vercel, one))) for path, one in reads.items()]
    return guarded + [_route(method, path, _guarded(vercel, token, one)) for (method, path), one in acts.items()]


def _route(method: str, path: str, endpoint: Endpoint) -> BaseRoute:
    return Route(f"/vercel/{{version}}/{path}", endpoint, methods=[method])


def _guarded(vercel: Vercel, token: str, endpoint: Endpoint) -> Endpoint:
    async def answered(request: Request) -> Response:
        request.state.vercel = vercel
        try:
            _authorise(request, token)
            return await endpoint(request)
        except VercelError as error:
            return _error(error)

    return answered


def _authorise(request: Request, token: str) -> None:
    given = request.headers.get("authorization", "")
    if not given.startswith("Bearer "):
        raise VercelError(401, "unauthorized", "The request is missing an authentication token")
    if given != f"Bearer {token}":
        raise VercelError(403, "forbidden", "Not authorized")


def _error(error: VercelError) -> Response:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.code == "forbidden":
        body["invalidToken"] = True
    if error.status != 429:
        return JSONResponse({"error": body}, error.status)
    limits = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}
    return JSONResponse({"error": body}, 429, headers={"Retry-After": str(RETRY_AFTER_SECONDS), **limits})


def _limited() -> VercelError:
    return VercelError(429, "rate_limited", f"Too many requests, try again in {RETRY_AFTER_SECONDS} seconds")


def _broken() -> VercelError:
    return VercelError(500, "internal_server_error", "An unexpected error happened")


def _as_switched(vercel: Vercel, endpoint: Endpoint) -> Endpoint:
    async def switched(request: Request) -> Response:
        match vercel.switches.vercel_reads:
            case "limited":
                raise _limited()
            case "broken":
                raise _broken()
            case "unreachable":
                return Lost()
        return await endpoint(request)

    return switched


async def _acted(answer: str, act: Callable[[], Response]) -> Response:
    """Carry out a change and answer it as its switch says."""
    if answer == "limited":
        raise _limited()
    if answer == "conflict":
        raise VercelError(409, "conflict", "The deployment is already the current production deployment")
    response = act()
    match answer:
        case "lost":
            return Lost()
        case "broken":
            raise _broken()
        case "queued":
            return Response(status_code=202)
        case "empty":
            return Response(status_code=201)
    return response


def _vercel(request: Request) -> Vercel:
    vercel: Vercel = request.state.vercel
    return vercel


def _host(request: Request) -> str:
    return request.url.netloc + str(request.scope.get("root_path", ""))


async def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = await request.json() if await request.body() else {}
    except JSONDecodeError:
        raise VercelError(400, "bad_request", "Invalid JSON") from None
    if not isinstance(body, dict):
        raise VercelError(400, "bad_request", "Invalid request: should be object")
    return body


async def _project(request: Request) -> Response:
    vercel = _vercel(request)
    return JSONResponse(shapes.project(vercel, vercel.project(request.path_params["project"]), _host(request)))


async def _aliases(request: Request) -> Response:
    vercel = _vercel(request)
    found = vercel.project(request.path_params["project"])
    failed_only = request.query_params.get("failedOnly") == "true"
    return JSONResponse(shapes.aliases(found, vercel.now(), failed_only=failed_only))


async def _rolling_release(request: Request) -> Response:
    _vercel(request).project(request.path_params["project"])
    return JSONResponse({"rollingRelease": None})


async def _deployment(request: Request) -> Response:
    vercel = _vercel(request)
    return JSONResponse(shapes.single(vercel, vercel.deployment(request.path_params["deployment"]), _host(request)))


async def _create(request: Request) -> Response:
    vercel, body = _vercel(request), await _body(request)
    return await _acted(
        vercel.switches.create_answer,
        lambda: JSONResponse(shapes.single(vercel, vercel.create(body), _host(request))),
    )


async def _cancel(request: Request) -> Response:
    vercel = _vercel(request)
    return JSONResponse(shapes.single(vercel, vercel.cancel(request.path_params["deployment"]), _host(request)))


async def _move(request: Request) -> Response:
    vercel, path = _vercel(request), request.path_params
    await _body(request)
    reason = request.query_params.get("description")

    def act() -> Response:
        if "/rollback/" in request.url.path:
            vercel.move("rollback", path["project"], path["deployment"], description=reason)
        else:
            vercel.move("promote", path["project"], path["deployment"])
        return Response(status_code=201)

    if vercel.switches.traffic_answer == "gone":
        return Lost()
    return await _acted(vercel.switches.traffic_answer, act)


async def _describe(request: Request) -> Response:
    description = (await _body(request)).get("description")
    if not isinstance(description, str):
        raise VercelError(400, "bad_request", "Invalid request: missing required property `description`.")
    _vercel(request).describe(request.path_params["project"], request.path_params["deployment"], description)
    return JSONResponse({})


async def _deployments(request: Request) -> Response:
    return JSONResponse(page(_vercel(request), request.query_params, _host(request)))


async def _events(request: Request) -> Response:
    vercel, query = _vercel(request), request.query_params
    found = vercel.deployment(request.path_params["deployment"])
    if query.get("follow") == "1":
        return StreamingResponse(_followed(vercel, found.id), media_type="application/stream+json")
    since, limit = number(query, "since", 0), number(query, "limit", -1)
    lines = [one for one in shapes.build_log(found, vercel.now()) if one["created"] >= since]
    ordered = lines[::-1] if query.get("direction") == "backward" else lines
    return JSONResponse(ordered if limit < 0 else ordered[:limit])


async def _followed(vercel: Vercel, deployment_id: str) -> AsyncIterator[str]:
    """Log lines as they are written. Vercel's stream does not end; this one does, with the build."""
    sent = 0
    while True:
        found = vercel.deployment(deployment_id)
        lines = shapes.build_log(found, vercel.now())
        for line in lines[sent:]:
            yield json.dumps(line) + "\n"
        sent = len(lines)
        if found.state(vercel.now()) in ("READY", "ERROR", "CANCELED"):
            return
        await asyncio.sleep(0.1)
