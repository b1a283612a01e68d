"""The practice GitHub's HTTP face under /github."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.github.state import REPOSITORY, REPOSITORY_ID, GitHub, GitHubError
from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.switches import Switches

Endpoint = Callable[[GitHub, Request], Response]


def _repository(github: GitHub, request: Request) -> Response:
    return JSONResponse({"id": REPOSITORY_ID, "full_name": REPOSITORY, "private": True,
                         "default_branch": "main"})  # fmt: skip


def _pulls(github: GitHub, request: Request) -> Response:
    return _page(request, [github.pull(github.number(request.path_params["sha"]))])


def _commit(github: GitHub, request: Request) -> Response:
    return JSONResponse(github.commit(request.path_params["ref"]))


def _compared(github: GitHub, request: Request) -> Response:
    return JSONResponse(github.compared(request.path_params["base"], request.path_params["sha"]))


def _heads(github: GitHub, request: Request) -> Response:
    return JSONResponse(github.heads(request.path_params["sha"]))


def _reviews(github: GitHub, request: Request) -> Response:
    return _page(request, github.reviews(int(request.path_params["number"])))


def _check_runs(github: GitHub, request: Request) -> Response:
    github.number(request.path_params["sha"])
    return _page(request, github.check_runs(), "check_runs")


def _status(github: GitHub, request: Request) -> Response:
    github.number(request.path_params["sha"])
    return _page(request, github.statuses(), "statuses")


def _analyses(github: GitHub, request: Request) -> Response:
    return _page(request, github.analyses())


def _alerts(github: GitHub, request: Request) -> Response:
    github.analyses()
    return _page(request, github.alerts(request.query_params.get("severity", "")))


def _page(request: Request, rows: list[dict[str, Any]], key: str = "") -> Response:
    size, number = (int(request.query_params.get(name, default)) for name, default in (("per_page", 30), ("page", 1)))
    shown = rows[(number - 1) * size : number * size]
    return JSONResponse({"total_count": len(rows), key: shown} if key else shown)


_ENDPOINTS: dict[str, Endpoint] = {
    "": _repository,
    "/commits/{sha}/pulls": _pulls,
    "/pulls/{number:int}/reviews": _reviews,
    "/commits/{sha}/check-runs": _check_runs,
    "/commits/{sha}/status": _status,
    "/commits/{sha}/branches-where-head": _heads,
    "/compare/{base}...{sha}": _compared,
    "/commits/{ref:path}": _commit,
    "/code-scanning/analyses": _analyses,
    "/code-scanning/alerts": _alerts,
}


def github_routes(github: GitHub, token: str) -> list[BaseRoute]:
    """The routes, under the repository's name and under its number; every one of them wants the bearer token."""
    named = [Route(f"/github/repos/{{owner}}/{{name}}{path}", _guarded(github, token, endpoint, path))
             for path, endpoint in _ENDPOINTS.items()]  # fmt: skip
    numbered = [Route(f"/github/repositories/{REPOSITORY_ID}{path}", _guarded(github, token, endpoint, path))
                for path, endpoint in _ENDPOINTS.items()]  # fmt: skip
    return [*named, *numbered]


def _guarded(github: GitHub, token: str, endpoint: Endpoint, path: str) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        github.asked += 1
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"message": "Bad credentials"}, 401)
        try:
            return _in_trouble(github.switches) or _elsewhere(github, request) or endpoint(github, request)
        except GitHubError as error:
            return JSONResponse({"message": error.message}, error.status)

    return answered


def _in_trouble(switches: Switches) -> Response | None:
    match switches.github_api:
        case "limited":
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1800)}
            return JSONResponse({"message": "API rate limit exceeded for user ID 1."}, 403, headers=headers)
        case "broken":
            return JSONResponse({"message": "Server Error"}, 502)
        case "unreachable":
            return Lost()
        case _:
            return None


def _elsewhere(github: GitHub, request: Request) -> Response | None:
    """A repository by its name: unknown, or under another name by now."""
    if "name" not in request.path_params:
        return None
    wanted = f"{request.path_params['owner']}/{request.path_params['name']}"
    if wanted != REPOSITORY:
        raise GitHubError(404, "Not Found")
    if github.switches.github_api != "renamed":
        return None
    rest = request.url.path.removeprefix(f"/github/repos/{wanted}")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/github/repositories/{REPOSITORY_ID}{rest}{query}", 301)
