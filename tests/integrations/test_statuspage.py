"""What a vendor says about itself; silence is unknown, never good."""

import asyncio
from typing import Any

import httpx
import pytest

from bot.integrations.statuspage.client import StatusCache, VendorStatus, read

from .fakes import NOON, FakeTime, Server, Step, ok, run, serving

PATH = "GET /api/v2/summary.json"


def summary(indicator: str = "none", **changes: Any) -> dict[str, Any]:
    return {
        "page": {"id": "x", "name": "Vercel"},
        "status": {"indicator": indicator, "description": "All Systems Operational"},
        "components": [],
        "incidents": [],
        "scheduled_maintenances": [],
        **changes,
    }


def status(step: Step, url: str = "https://www.vercel-status.com/") -> VendorStatus:
    async def main() -> VendorStatus:
        async with serving(**{PATH: step}).client() as client:
            return await read(client, url, 1.0, now=lambda: NOON)

    return run(main())


@pytest.mark.parametrize("indicator", ["none", "minor", "major", "critical", "maintenance"])
def test_the_indicator_is_told_as_it_is(indicator: str) -> None:
    got = status(ok(summary(indicator)))
    assert (got.name, got.indicator, got.description, got.checked_at) == (
        "Vercel",
        indicator,
        "All Systems Operational",
        NOON,
    )


UNKNOWN: dict[str, tuple[Step, str]] = {
    "no connection": (httpx.ConnectError("x"), "its status page did not answer: no connection"),
    "too slow": (httpx.ReadTimeout("x"), "its status page did not answer: no answer in time"),
    "an error": (ok(None, 500), "its status page answered 500"),
    "another page": (httpx.Response(200, text="<html>"), "its status page answered in an unknown format"),
    "another shape": (ok({"status": "ok"}), "its status page answered in an unknown format"),
    "a new word": (ok(summary("apocalypse")), "its status page says 'apocalypse'"),
}


@pytest.mark.parametrize(("step", "reason"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_could_not_be_learnt_is_unknown(step: Step, reason: str) -> None:
    got = status(step)
    assert (got.indicator, got.description) == ("unknown", reason)


def test_open_incidents_and_troubled_components_are_listed() -> None:
    got = status(
        ok(
            summary(
                "major",
                incidents=[
                    {"name": "Slow builds", "status": "investigating", "impact": "minor", "shortlink": "https://s/1"},
                    {"name": "Old", "status": "resolved", "impact": "major"},
                ],
                components=[
                    {"name": "API", "status": "partial_outage", "group": False},
                    {"name": "CDN", "status": "operational"},
                    {"name": "All", "status": "partial_outage", "group": True},
                ],
            )
        )
    )
    assert [(each.name, each.impact, each.link) for each in got.incidents] == [("Slow builds", "minor", "https://s/1")]
    assert got.components == {"API": "partial_outage"}


def test_redirects_are_followed() -> None:
    server = serving(
        **{"GET /s.json": ok(None, 301, Location="https://x.test/api/v2/summary.json"), PATH: ok(summary())}
    )

    async def main() -> VendorStatus:
        async with server.client() as client:
            return await read(client, "https://x.test/s.json")

    assert run(main()).indicator == "none"


def cached(server: Server, time: FakeTime, *advances: float) -> list[str]:
    async def main() -> list[str]:
        async with server.client() as client:
            cache, found = StatusCache(client, clock=time.clock), []
            for seconds in advances:
                time.now += seconds
                found.append((await cache.get("https://x.test")).indicator)
            return found

    return run(main())


def test_a_status_is_kept_for_its_time() -> None:
    server = serving(**{PATH: [ok(summary("minor")), ok(summary("none"))]})
    assert cached(server, FakeTime(), 0, 44, 2) == ["minor", "minor", "none"]
    assert len(server.requests) == 2


def test_a_failure_is_kept_for_a_shorter_time() -> None:
    server = serving(**{PATH: [httpx.ConnectError("x"), ok(summary())]})
    assert cached(server, FakeTime(), 0, 9, 2) == ["unknown", "unknown", "none"]


def test_many_who_ask_at_once_share_one_reading() -> None:
    server = serving(**{PATH: ok(summary())})

    async def main() -> None:
        async with server.client() as client:
            cache = StatusCache(client)
            await asyncio.gather(*(cache.get("https://x.test") for _ in range(20)))

    run(main())
    assert len(server.requests) == 1
