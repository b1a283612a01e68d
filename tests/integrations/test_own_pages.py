"""Pages at Statuspage and Instatus, in practice: an update is there once, whatever became of its answer."""

from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import Ambiguous, Denied, Limited
from bot.integrations.instatus.client import Instatus
from bot.integrations.status_post import StatusPost
from bot.integrations.statuspage.own_page import Statuspage
from sandbox.neonpro.own_pages import KEY, PAGE, OwnPages

from .fakes import FakeTime, run

AT = datetime(2026, 11, 28, 15, tzinfo=UTC)
POST = StatusPost(
    "u1", "abc", "Service outage", "investigating", "critical", "We look.", AT, {"cmp": "major_outage"}, False
)
NEXT = StatusPost("u2", "abc", "Service outage", "resolved", "critical", "Over.", AT, {"cmp": "operational"}, False)


@pytest.fixture
def pages() -> OwnPages:
    return OwnPages()


class Breaking(httpx.ASGITransport):
    """A practice answer that does not arrive is an error of the connection here too."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except ConnectionResetError:
            raise httpx.ReadError("lost") from None


def clients(pages: OwnPages, time: FakeTime, key: str = KEY) -> tuple[Statuspage, Instatus]:
    http = httpx.AsyncClient(transport=Breaking(Starlette(routes=pages.routes)))
    given: dict[str, Any] = {"key": key, "page": PAGE, "pace": time.pace()}
    return (
        Statuspage(http, base_url="http://page/statuspage", **given),
        Instatus(http, base_url="http://page/instatus", **given),
    )


def told(pages: OwnPages) -> list[Any]:
    """The updates at both providers, the newest first."""
    of_statuspage = [[each["body"] for each in found["incident_updates"]] for found in pages.statuspage]
    return of_statuspage + [[each["message"] for each in found["updates"]] for found in pages.instatus]


def both(pages: OwnPages, *posts: StatusPost) -> None:
    for client in clients(pages, FakeTime()):
        for post in posts:
            run(client.tell(post))


def test_an_incident_is_made_and_then_updated(pages: OwnPages) -> None:
    both(pages, POST, NEXT)
    assert told(pages) == [["Over.", "We look."]] * 2
    assert pages.statuspage[0]["components"] == {"cmp": "operational"}


def test_subscribers_are_told_only_when_it_is_wanted(pages: OwnPages) -> None:
    both(pages, POST)
    assert pages.sent[0]["incident"]["deliver_notifications"] is False
    assert pages.sent[1]["notify"] is False


def test_what_is_there_is_not_sent_again(pages: OwnPages) -> None:
    both(pages, POST, POST, NEXT, NEXT)
    assert told(pages) == [["Over.", "We look."]] * 2


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("before", [(), (POST,)], ids=["made", "updated"])
def test_an_update_whose_answer_is_lost_is_there_once(
    pages: OwnPages, number: int, before: tuple[StatusPost, ...]
) -> None:
    client = clients(pages, FakeTime())[number]
    for post in before:
        run(client.tell(post))
    pages.answers = ["lost"]
    with pytest.raises(Ambiguous):
        run(client.tell(NEXT))
    run(client.tell(NEXT))
    assert told(pages) == [["Over.", *("We look." for _ in before)]]


def test_420_is_too_many_requests(pages: OwnPages) -> None:
    pages.answers = ["limited"]
    with pytest.raises(Limited):
        run(clients(pages, FakeTime())[0].tell(POST))


def test_a_key_that_is_refused_is_said(pages: OwnPages) -> None:
    for client in clients(pages, FakeTime(), key="wrong"):
        with pytest.raises(Denied):
            run(client.tell(POST))


def test_requests_are_a_second_apart(pages: OwnPages) -> None:
    time = FakeTime()
    both_posts: list[Coroutine[Any, Any, None]] = []
    statuspage = clients(pages, time)[0]
    both_posts += [statuspage.tell(POST), statuspage.tell(NEXT)]
    for each in both_posts:
        run(each)
    assert sum(time.slept) == pytest.approx(3.0)


def test_what_is_withdrawn_is_gone(pages: OwnPages) -> None:
    both(pages, POST)
    for client in clients(pages, FakeTime()):
        run(client.withdraw(POST))
    assert told(pages) == []
