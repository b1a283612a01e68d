"""One-time links: opening one only shows a button, since scanners open links; pressing it acknowledges."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.domain import Domain
from bot.errors import Refusal
from bot.paging.answering import Asked, answer, linked
from bot.ports import Tx
from bot.text import say, side_by_side
from bot.text.values import in_language
from handlers.web.endpoints import Endpoint
from handlers.web.paging.doors import Doors

HERE = Path(__file__).parent / "templates"
PATH = "/ack/{token}"


def links(doors: Doors) -> list[Endpoint]:
    """`/ack/<token>`: GET shows what it is about, POST acknowledges; 404 for a link that is not valid (any more)."""

    async def show(request: Request) -> Response:
        asked = await doors.transactions.look(linked, request.path_params["token"])
        return link_page(asked, asked.over if asked else "", press=asked is not None and not asked.over)

    async def press(request: Request) -> Response:
        try:
            asked, said = await doors.transactions.do(_pressed, request.path_params["token"])
        except Refusal as refusal:
            asked = await doors.transactions.look(linked, request.path_params["token"])
            return link_page(asked, refusal.sentence)
        return link_page(asked, said)

    return [Endpoint(PATH, show), Endpoint(PATH, press, method="POST")]


def _pressed(domain: Domain, tx: Tx, token: str) -> tuple[Asked | None, str]:
    asked = linked(domain, tx, token)
    if asked is None:
        return None, ""
    with in_language(asked.locale):
        return asked, asked.over or answer(domain, tx, asked.call_id, "link")


def link_page(asked: Asked | None, said: str, *, press: bool = False) -> Response:
    """What a link shows: what it is about, what is said of it, and the button while it can be pressed."""
    with in_language(asked.locale if asked else ""):
        title = say("Incident {id}", id=asked.incident) if asked else say("This link is not valid any more")
        invalid = say("It may be too old. Open Slack and press the button there.")
        html = _template().render(
            title=title,
            words=asked.words if asked else invalid,
            said=side_by_side(said),
            button=say("I'm on it") if press else "",
            hint=say("Nobody else is called once you press it.") if press else "",
            lang=(asked.locale if asked else "") or "en",
            style=_style(),
        )
    return HTMLResponse(html, 200 if asked else 404, _headers())


@cache
def _template() -> Template:
    loader = FileSystemLoader(HERE)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("link.html")


@cache
def _style() -> str:
    return (HERE / "link.css").read_text("utf-8")


@cache
def _headers() -> dict[str, str]:
    """Nothing of the page, and no address of it, goes anywhere else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    rules = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'"
    return {
        "Content-Security-Policy": f"{rules}; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
