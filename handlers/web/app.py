"""The web port: everything that is served on it, in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.domain.transactions import Transactions
from handlers.web.endpoints import Endpoint, route
from handlers.web.limits import LIMITS, Bounded, Limits
from handlers.web.paging.doors import Doors
from handlers.web.paging.endpoints import paging
from handlers.web.probes import Probe, metrics, probes
from handlers.web.slack_events import slack_events
from handlers.web.status.endpoints import Files, status_page
from handlers.web.timeline.endpoints import timeline_pages


@dataclass(frozen=True)
class Served:
    """What the endpoints are made of. `slack`: Bolt's app and the signing secret, in HTTP mode.

    `status`: the files of the status page, when it is served. `paging`: what the answers of pagers are made of.
    `timelines`: what the pages behind links read.
    """

    ready: Probe
    measure: Callable[[], Awaitable[None]]
    slack: tuple[AsyncApp, str] | None = None
    status: Files | None = None
    paging: Doors | None = None
    timelines: Transactions | None = None


def endpoints(served: Served) -> list[Endpoint]:
    """The table: a webhook or a page is a module of its own and a line here."""
    return [
        *probes(served.ready),
        *metrics(served.measure),
        *(slack_events(*served.slack) if served.slack else ()),
        *(status_page(served.status) if served.status else ()),
        *(paging(served.paging) if served.paging else ()),
        *(timeline_pages(served.timelines) if served.timelines else ()),
    ]


def web_app(table: list[Endpoint], limits: Limits = LIMITS) -> ASGIApp:
    """The endpoints behind the port's limits."""
    always = frozenset(each.path for each in table if each.always)
    bodies = {each.path: each.body_bytes for each in table if each.body_bytes is not None}
    return Bounded(Starlette(routes=[route(each) for each in table]), limits, always, bodies)
