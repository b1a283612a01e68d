"""Paging, with a real apprise and a real HTTP server."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from bot.integrations.paging.client import PageOutcome, page, scheme_of

# apprise still asks for a module that Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@contextmanager
def pager(status: int = 200, hold: Event | None = None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a service that answers `status`, and what it was sent."""
    received: list[dict[str, str]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            if hold:
                hold.wait(10)
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"json://user:s3cr3tpass@127.0.0.1:{server.server_port}/s3cr3tpath", received
    finally:
        server.shutdown()
        server.server_close()


def sent(*urls: str, timeout_s: float = 30.0) -> list[PageOutcome]:
    return asyncio.run(page(urls, "P1: Checkout is down", "Join #incident-1", timeout_s=timeout_s))


def test_a_page_arrives() -> None:
    with pager() as (url, received):
        assert sent(url) == [PageOutcome("json", True)]
    assert (received[0]["title"], received[0]["message"]) == ("P1: Checkout is down", "Join #incident-1")


def test_each_address_has_its_own_outcome_and_keeps_its_place() -> None:
    with pager() as (good, received), pager(500) as (bad, _):
        outcomes = sent(bad, "nonsense", good, "nosuch://x", "json://127.0.0.1:9/")
    assert [(each.url_scheme, each.ok) for each in outcomes] == [
        ("json", False),
        ("?", False),
        ("json", True),
        ("nosuch", False),
        ("json", False),
    ]
    assert all(each.reason for each in outcomes if not each.ok)
    assert len(received) == 1


def test_a_failure_tells_the_reason() -> None:
    with pager(403) as (url, _):
        (outcome,) = sent(url)
    assert "403" in str(outcome.reason)


def test_a_page_that_is_led_elsewhere_is_lost_and_says_so() -> None:
    with pager(302) as (url, _):
        (outcome,) = sent(url + "?redirect=yes")
    assert (outcome.ok, outcome.unsure) == (False, False)
    assert "302" in str(outcome.reason)


def test_an_address_cannot_have_a_failure_count_as_sent_or_be_tried_again() -> None:
    with pager(500) as (url, received):
        (outcome,) = sent(url + "?optional=yes&retry=2")
    assert (outcome.ok, len(received)) == (False, 1)


class Log(logging.Handler):
    """What reaches the process's own log. (pytest's caplog also listens where nothing is passed on.)"""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage()


@pytest.fixture
def log() -> Iterator[Log]:
    handler, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_an_address_is_told_to_nobody(log: Log) -> None:
    with pager(500) as (url, _):
        outcomes = sent(url, url.replace("json", "nosuch"), "mailto://s3cr3tpass")
    logging.getLogger("neonops").info("the log is on")
    assert "the log is on" in log.text
    assert "s3cr3t" not in repr(outcomes) + log.text


def test_a_service_that_does_not_answer_does_not_hold_up() -> None:
    hold = Event()
    with pager(hold=hold) as (url, _):
        (outcome,) = asyncio.run(give_up(url, hold))
    assert outcome == PageOutcome("json", False, "no answer within 0.2 s; it may have been sent", unsure=True)


async def give_up(url: str, hold: Event) -> list[PageOutcome]:
    try:
        return await page([url], "t", "b", timeout_s=0.2)
    finally:
        hold.set()


@pytest.mark.parametrize(("url", "scheme"), [("Twilio://a:b@c/1", "twilio"), ("a b://c", "?"), ("", "?")])
def test_only_the_scheme_is_shown(url: str, scheme: str) -> None:
    assert scheme_of(url) == scheme


def test_apprise_is_not_loaded_before_somebody_is_paged() -> None:
    script = "import sys, bot.integrations.paging; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
