"""The status page's endpoints: the same files for everybody, in the language that the reader asks for."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from handlers.web.endpoints import Endpoint
from handlers.web.status.files import File
from handlers.web.status.html import LOCALES

Files = Callable[[], Awaitable[Mapping[str, File]]]
NAMES = ("summary", "status", "components", "incidents", "scheduled-maintenances")
PATHS = (
    *(f"/{path}" for path in LOCALES),
    *(f"/api/v2/{name}.json" for name in NAMES),
    "/history.atom",
    *(f"/{path}/history.atom" for path in LOCALES),
)


def status_page(files: Files) -> list[Endpoint]:
    """`/` in the reader's language, and every file by its path."""

    async def negotiated(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return _answer(request, await files(), f"/{language}", {"Vary": "Accept-Language"})

    async def answer(request: Request) -> Response:
        return _answer(request, await files(), request.url.path)

    return [Endpoint("/", negotiated), *(Endpoint(path, answer) for path in PATHS)]


def _answer(request: Request, files: Mapping[str, File], path: str, more: Mapping[str, str] | None = None) -> Response:
    file = files.get(path)
    if file is None:
        return PlainTextResponse("The status cannot be read now.\n", 503, {"Retry-After": "30"})
    headers = {**file.headers, **(more or {})}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if file.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.kind)


def preferred(accepted: str) -> str:
    """The path of the language that an `Accept-Language` prefers; English when it names none of ours."""
    weights = dict.fromkeys(LOCALES, 0.0)
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";q=")
        language = name.strip().split("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(weight))
    return max(weights, key=lambda path: weights[path])


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
