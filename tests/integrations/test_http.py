"""One call, one outcome: an expected answer or a failure with its name."""

import asyncio
from typing import Any

import httpx
import pytest

from bot.errors import Ambiguous, Broken, Denied, Limited, Missing, OutsideError, Rejected, Unreachable
from bot.integrations.http.call import HttpAnswer, HttpCall, request
from bot.integrations.http.client import open_client
from bot.integrations.http.failures import retry_after

from .fakes import Step, ok, run, serving

URL = "https://user:s3cr3t@api.example.com/x"


def answer(step: Step, **call: Any) -> HttpAnswer:
    async def main() -> HttpAnswer:
        async with serving(**{f"{call.get('method', 'GET')} /x": step}).client() as client:
            return await request(client, HttpCall(**{"method": "GET", "url": URL, **call}))

    return run(main())


READS: dict[str, tuple[Step, type[OutsideError], str]] = {
    "refused": (httpx.ConnectError("x"), Unreachable, "api.example.com did not answer: no connection."),
    "too slow": (httpx.ReadTimeout("x"), Unreachable, "api.example.com did not answer: no answer in time."),
    "cut off": (
        httpx.RemoteProtocolError("x"),
        Unreachable,
        "api.example.com did not answer: the connection was lost.",
    ),
    "401": (ok({"message": "bad token"}, 401), Denied, "api.example.com refused our credentials (401): bad token."),
    "403": (ok({"error": "no"}, 403), Denied, "api.example.com refused our credentials (403): no."),
    "404": (ok(None, 404), Missing, "api.example.com does not know this address."),
    "429": (ok(None, 429, Retry_After="7"), Limited, "api.example.com is limiting our requests. Try again in 7 s."),
    "422": (
        ok({"error": {"code": "bad_x", "message": "x is bad."}}, 422),
        Rejected,
        "api.example.com rejected the request: x is bad (bad_x).",
    ),
    "302": (ok(None, 302, Location="/y"), Rejected, "api.example.com rejected the request: it answered 302 (302)."),
    "503": (ok(None, 503), Broken, "api.example.com failed: it answered 503."),
}


@pytest.mark.parametrize(("step", "kind", "sentence"), READS.values(), ids=READS.keys())
def test_a_failed_read_says_what_happened(step: Step, kind: type[OutsideError], sentence: str) -> None:
    with pytest.raises(kind) as caught:
        answer(step)
    assert caught.value.sentence == sentence
    assert "s3cr3t" not in repr(caught.value) + str(caught.value.__cause__)


CHANGES: dict[str, tuple[Step, type[OutsideError]]] = {
    "never connected": (httpx.ConnectError("x"), Unreachable),
    "not connected in time": (httpx.ConnectTimeout("x"), Unreachable),
    "no connection of ours was free": (httpx.PoolTimeout("x"), Unreachable),
    "no answer in time": (httpx.ReadTimeout("x"), Ambiguous),
    "cut off while sending": (httpx.WriteError("x"), Ambiguous),
    "cut off while answering": (httpx.RemoteProtocolError("x"), Ambiguous),
    "500": (ok(None, 500), Ambiguous),
    "504": (ok(None, 504), Ambiguous),
    "408": (ok(None, 408), Ambiguous),
    "429": (ok(None, 429), Limited),
    "409": (ok(None, 409), Rejected),
}


@pytest.mark.parametrize(("step", "kind"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_ambiguous_only_when_it_may_have_happened(step: Step, kind: type[OutsideError]) -> None:
    with pytest.raises(OutsideError) as caught:
        answer(step, method="POST", json={"a": 1})
    assert type(caught.value) is kind


def test_an_expected_answer_comes_back_with_its_body() -> None:
    got = answer(ok({"a": 1}, 418), expected=frozenset({418}))
    assert (got.status, got.text, got.truncated) == (418, '{"a":1}', False)


def test_an_unexpected_success_is_refused() -> None:
    with pytest.raises(Rejected):
        answer(ok(None, 200), expected=frozenset({204}))


def test_a_big_answer_is_cut() -> None:
    got = answer(httpx.Response(200, content=b"x" * 5000), max_bytes=100)
    assert (len(got.body), got.truncated) == (100, True)


@pytest.mark.parametrize("url", ["ftp://x", "nonsense", "http://[", "http://x:port"])
def test_an_address_that_is_none_was_never_asked(url: str) -> None:
    async def main() -> None:
        async with open_client() as client:
            await request(client, HttpCall("POST", url))

    with pytest.raises(Unreachable):
        run(main())


def test_an_answer_that_drips_ends_at_the_time_limit() -> None:
    async def drip() -> Any:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    with pytest.raises(Unreachable):
        answer(lambda _: httpx.Response(200, content=drip()), timeout_s=0.1)


def test_the_client_keeps_no_cookies_and_follows_no_redirects() -> None:
    server = serving(**{"GET /a": ok(None, 302, Location="/b", Set_Cookie="a=b"), "GET /b": ok()})

    async def main() -> int:
        async with open_client(transport=httpx.MockTransport(server)) as client:
            await client.get("https://x.example/a")
            return (await client.get("https://x.example/a")).status_code

    assert run(main()) == 302
    assert "cookie" not in server.requests[1].headers
    assert server.requests[1].headers["user-agent"] == "NeonOps"


RETRY_AFTER: dict[str, tuple[dict[str, str], float | None]] = {
    "seconds": ({"Retry-After": "12"}, 12.0),
    "a date": (
        {"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"},
        30.0,
    ),
    "a date gone by": ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 0.0),
    "nonsense": ({"Retry-After": "soon"}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER.keys())
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Response(429, headers=headers)) == seconds


def test_a_refused_connection_is_told_as_such() -> None:
    async def main() -> None:
        async with open_client() as client:
            await request(client, HttpCall("POST", "http://127.0.0.1:9/x"))

    with pytest.raises(Unreachable, match="the connection was refused"):
        run(main())
