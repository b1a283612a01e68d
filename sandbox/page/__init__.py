"""The page of the practice workspace: plain HTML, CSS and ES modules, served from this package without a build step."""

from importlib import resources
from pathlib import PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What may be served, by suffix; anything else in the package (this module) is not found."""

HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
        "img-src 'self' data: http: https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
"""The page runs its own scripts only, so that message text which slipped through could still not run."""


async def index(_: Request) -> Response:
    """The page itself."""
    return _file("index.html")


async def asset(request: Request) -> Response:
    """One style sheet, module or icon by its file name; 404 for any other name."""
    return _file(request.path_params["name"])


def _file(name: str) -> Response:
    content_type = CONTENT_TYPES.get(PurePosixPath(name).suffix)
    found = resources.files(__name__) / name
    if content_type is None or not found.is_file():
        raise HTTPException(404)
    return Response(found.read_bytes(), headers={**HEADERS, "Content-Type": content_type})


routes: list[BaseRoute] = [Route("/", index), Route("/page/{name}", asset)]
