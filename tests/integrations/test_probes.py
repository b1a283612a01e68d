"""Healthy is what answered in time with what was expected; nothing less."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.integrations.http.probes import Check, ProbeResult, probe, probe_all

from .fakes import NOON, Step, ok, run, serving


def result(step: Step, **check: Any) -> ProbeResult:
    async def main() -> ProbeResult:
        async with serving(**{f"{check.get('method', 'GET')} /health": step}).client() as client:
            return await probe(
                client, Check("api", "API", **{"url": "https://x.test/health", **check}), now=lambda: NOON
            )

    return run(main())


PAGE = httpx.Response(200, html="<h1>NeonPro</h1>")
DEEP = {"status": "degraded", "checks": {"db": [{"ok": True, "lag": 1}]}}
HEALTHY: dict[str, tuple[Step, dict[str, Any]]] = {
    "a plain 200": (httpx.Response(200), {}),
    "a page": (PAGE, {"content_type": "text/html", "contains": "NeonPro"}),
    "ok": (ok({"status": "ok"}), {}),
    "UP": (ok({"status": "UP"}), {}),
    "JSON that says nothing of its state": (ok({"version": 3}), {}),
    "a JSON list": (ok([1]), {}),
    "an expected 503": (ok(None, 503), {"statuses": frozenset({503})}),
    "the fields asked for": (ok(DEEP), {"json": {"checks.db.0.ok": (True,), "status": ("ok", "degraded")}}),
    "HEAD, whatever a body would say": (
        httpx.Response(200, headers={"content-type": "application/json"}),
        {"method": "HEAD"},
    ),
    "more than is read, when nothing in it matters": (httpx.Response(200, content=b"x" * 500), {"max_bytes": 100}),
}


@pytest.mark.parametrize(("step", "check"), HEALTHY.values(), ids=HEALTHY.keys())
def test_healthy(step: Step, check: dict[str, Any]) -> None:
    got = result(step, **check)
    assert (got.state, got.reason, got.checked_at) == ("healthy", None, NOON)
    assert got.latency_ms is not None


JSON_TYPE = {"content-type": "application/json"}
UNHEALTHY: dict[str, tuple[Step, dict[str, Any], str]] = {
    "refused": (httpx.ConnectError("x"), {}, "no answer: no connection"),
    "too slow": (httpx.ReadTimeout("x"), {"timeout_s": 2}, "no answer: nothing came within 2 s"),
    "cut off": (httpx.ReadError("x"), {}, "no answer: the connection was lost"),
    "500": (ok(None, 500), {}, "answered 500"),
    "503 that explains itself": (ok({"status": "degraded"}, 503), {}, 'answered 503 and says "degraded"'),
    "200 where 204 is expected": (ok(), {"statuses": frozenset({204})}, "answered 200"),
    "a redirect": (ok(None, 307, Location="/login?next=s3cret"), {}, "answered 307, a redirect to /login"),
    "200 that says error": (
        ok({"status": "error"}),
        {},
        'status is "error", expected "ok", "healthy", "pass" or "up"',
    ),
    "a field of another value": (
        ok(DEEP),
        {"json": {"checks.db.0.ok": (False,)}},
        "checks.db.0.ok is true, expected false",
    ),
    "1 is not true": (ok({"a": 1}), {"json": {"a": (True,)}}, "a is 1, expected true"),
    "a field that is missing": (ok(DEEP), {"json": {"checks.db.7.ok": (True,)}}, "checks.db.7.ok is missing"),
    "JSON that is none": (
        httpx.Response(200, text="<html>", headers=JSON_TYPE),
        {},
        "answered something that is not JSON",
    ),
    "a page where JSON is expected": (PAGE, {"json": {"status": ("ok",)}}, "answered something that is not JSON"),
    "nothing where JSON is expected": (
        httpx.Response(200),
        {"json": {"a": (1,)}},
        "answered something that is not JSON",
    ),
    "too much JSON": (
        ok({"status": "ok", "x": "y" * 500}),
        {"max_bytes": 99},
        "answered more than 99 bytes, so its JSON was not read",
    ),
    "another type": (PAGE, {"content_type": "javascript"}, "is text/html; charset=utf-8, expected javascript"),
    "another text": (PAGE, {"contains": "Checkout"}, 'does not contain "Checkout"'),
}


@pytest.mark.parametrize(("step", "check", "reason"), UNHEALTHY.values(), ids=UNHEALTHY.keys())
def test_unhealthy(step: Step, check: dict[str, Any], reason: str) -> None:
    got = result(step, **check)
    assert (got.state, got.reason) == ("unhealthy", reason)


@pytest.mark.parametrize("url", ["https://", "http://x:port/", "ftp://x/", "x.test/health"])
def test_what_cannot_be_asked_is_unknown(url: str) -> None:
    got = result(ok(), url=url)
    assert (got.state, got.status, got.latency_ms) == ("unknown", None, None)


def test_redirects_are_followed_where_the_check_says_so() -> None:
    def step(request: httpx.Request) -> httpx.Response:
        moved = ok(None, 302, Location="https://x.test/health?to=2")
        return PAGE if request.url.query else moved(request)

    assert result(step, follow_redirects=True).state == "healthy"
    assert result(step).state == "unhealthy"


def test_a_redirect_that_goes_in_circles_is_no_answer() -> None:
    got = result(ok(None, 302, Location="https://x.test/health"), follow_redirects=True)
    assert (got.state, got.reason) == ("unhealthy", "no answer: too many redirects")


def test_an_answer_that_drips_is_no_answer() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    got = result(lambda _: httpx.Response(200, content=drip()), timeout_s=0.1)
    assert (got.state, got.reason) == ("unhealthy", "no answer: nothing came within 0.1 s")


def test_a_closed_port_is_unhealthy() -> None:
    async def main() -> ProbeResult:
        async with httpx.AsyncClient() as client:
            return await probe(client, Check("a", "A", "http://127.0.0.1:9/"))

    got = run(main())
    assert (got.state, got.reason) == ("unhealthy", "no answer: the connection was refused")


def test_checks_run_side_by_side_up_to_the_limit_and_keep_their_order() -> None:
    now, most = 0, 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await asyncio.sleep(0)
        now -= 1
        return httpx.Response(200)

    async def main() -> tuple[ProbeResult, ...]:
        checks = [Check(str(number), "T", f"https://x.test/{number}") for number in range(10)]
        async with httpx.AsyncClient(transport=httpx.MockTransport(slow)) as client:
            return await probe_all(client, checks, concurrency=3)

    assert [each.id for each in run(main())] == [str(number) for number in range(10)]
    assert most == 3
