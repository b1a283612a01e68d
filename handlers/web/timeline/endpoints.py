"""`/timeline?link=…`: a page of events, and all of them as a file. Without a link that is valid there is nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.domain import Domain
from bot.domain.names import Names
from bot.domain.timeline_files import FORMATS, TimelineFormat, what, who, written
from bot.domain.transactions import Transactions
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.text import say
from bot.timeline import Event
from bot.timelines.links import opened
from handlers.web.endpoints import Endpoint
from handlers.web.status.html import iso, policy, style
from handlers.web.status.words import moment_words

PAGE = 200
"""Events of one page."""
BATCH = 5000
FILES = {"Markdown": ("md", "markdown"), "JSON": ("json", "json"), "CSV": ("csv", "csv")}
"""What a file is called: its ending, and its format."""
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True)
class Shown:
    """An event as the page shows it."""

    seq: int
    at: str
    iso: str
    who: str
    what: str


def timeline_pages(transactions: Transactions) -> list[Endpoint]:
    """The page, and each file."""

    async def page(request: Request) -> Response:
        after = request.query_params.get("after", "0")
        number = int(after) if after.isdecimal() and len(after) < 16 else 0
        text = await transactions.look(_page, _secret(request), number)
        return _gone() if text is None else _answer(text, "text/html")

    files = [Endpoint(f"/timeline.{end}", _file(transactions, FORMATS[form])) for end, form in FILES.values()]
    return [Endpoint("/timeline", page), *files]


def _file(transactions: Transactions, chosen: TimelineFormat) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        text = await transactions.look(_whole, _secret(request), chosen)
        return _gone() if text is None else _answer(text, chosen.kind)

    return answer


def _secret(request: Request) -> str:
    return request.query_params.get("link", "")[:100]


def _answer(text: str, kind: str) -> Response:
    return Response(text, media_type=kind, headers={**PRIVATE, "Content-Security-Policy": policy()})


def _gone() -> Response:
    words = say("This link does not work (any more). /incident timeline in Slack gives you a new one.")
    return PlainTextResponse(words + "\n", 404, PRIVATE)


def _page(domain: Domain, tx: Tx, secret: str, after: int) -> str | None:
    incident = opened(domain, tx, secret)
    if incident is None:
        return None
    found, names = tx.timeline.of_run_after(incident.run_id, after, PAGE + 1), Names(tx, domain.team)
    last = found[PAGE - 1].seq if len(found) > PAGE else None
    return _PAGES.get_template("timeline.html").render(
        spoken="en",
        style=style(),
        heading=say("Timeline of incident {id}: {title}", id=incident.id, title=incident.title),
        note=say("For you alone, until the link expires. Times are those of {zone}.", zone=domain.zone.key),
        files_label=say("Files"),
        files={name: f"/timeline.{end}?link={secret}" for name, (end, _) in FILES.items()},
        events=[_shown(event, names, domain.zone) for event in found[:PAGE]],
        next=f"/timeline?link={secret}&after={last}" if last else "",
        later=say("Later events"),
    )


def _shown(event: Event, names: Names, zone: ZoneInfo) -> Shown:
    at = f"{moment_words(event.at, zone)}:{event.at:%S}"
    return Shown(event.seq, at, iso(event.at), who(event, names), what(event, names))


def _whole(domain: Domain, tx: Tx, secret: str, chosen: TimelineFormat) -> str | None:
    incident = opened(domain, tx, secret)
    return None if incident is None else chosen.before + _events(domain, tx, incident, chosen) + chosen.after


def _events(domain: Domain, tx: Tx, incident: Incident, chosen: TimelineFormat) -> str:
    names, parts, last = Names(tx, domain.team), [], 0
    while found := tx.timeline.of_run_after(incident.run_id, last, BATCH):
        parts.append(written(found, chosen, names))
        last = found[-1].seq
    return chosen.between.join(parts)
