"""What a vendor says about itself on its status page (Statuspage v2): no answer is `unknown`, never good."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args

import httpx
from pydantic import AliasPath, Field, ValidationError

from bot.integrations.http.api import Line, Shape
from bot.integrations.http.call import HttpCall, send
from bot.integrations.http.failures import why
from bot.integrations.http.size_limit import TooLarge
from bot.masking import Masker
from bot.text import say

Indicator = Literal["none", "minor", "major", "critical", "maintenance", "unknown"]
SUMMARY = "/api/v2/summary.json"


@dataclass(frozen=True)
class VendorIncident:
    """An open incident of the vendor's. `status` and `impact` are the vendor's words."""

    name: str
    status: str
    impact: str
    link: str | None


@dataclass(frozen=True)
class VendorStatus:
    """What a vendor says, asked at `checked_at`. `none`: it sees nothing wrong; `unknown`: we could not learn it."""

    name: str
    indicator: Indicator
    description: str
    checked_at: datetime
    incidents: tuple[VendorIncident, ...] = ()
    # Name → status of each component that is not operational.
    components: Mapping[str, str] = field(default_factory=dict)


class _Incident(Shape):
    name: Line = ""
    status: Line = ""
    impact: str = "none"
    shortlink: str | None = None


class _Component(Shape):
    name: Line = ""
    status: Line = "operational"
    group: bool | None = False


class _Summary(Shape):
    name: Line = Field("", validation_alias=AliasPath("page", "name"))
    indicator: str = Field(validation_alias=AliasPath("status", "indicator"))
    description: Line = Field("", validation_alias=AliasPath("status", "description"))
    components: tuple[_Component, ...] = ()
    incidents: tuple[_Incident, ...] = ()


def utc_now() -> datetime:
    return datetime.now(UTC)


async def read(
    client: httpx.AsyncClient, url: str, timeout_s: float = 5.0, *, now: Callable[[], datetime] = utc_now
) -> VendorStatus:
    """The summary at `url`, the page or the summary itself. Never raises for the network: then it is `unknown`."""
    checked_at = now()
    try:
        summary = _Summary.model_validate_json(await _fetch(client, summary_url(url), timeout_s))
    except httpx.HTTPStatusError as error:
        return _unknown(url, say("its status page answered {status}", status=error.response.status_code), checked_at)
    except TooLarge as error:
        return _unknown(url, say("its status page was not read: {why}", why=why(error)), checked_at)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return _unknown(url, say("its status page did not answer: {why}", why=why(error)), checked_at)
    except ValidationError:
        return _unknown(url, say("its status page answered in an unknown format"), checked_at)
    return _status(summary, url, checked_at)


def summary_url(url: str) -> str:
    """The address of the summary of a status page."""
    return url if url.endswith(".json") else url.rstrip("/") + SUMMARY


async def _fetch(client: httpx.AsyncClient, url: str, timeout_s: float) -> bytes:
    sent = await send(client, HttpCall("GET", url, timeout_s=timeout_s, max_bytes=None, follow=True))
    # A redirect that was not followed is no summary either.
    if not sent.response.is_success:
        raise httpx.HTTPStatusError("no summary", request=sent.response.request, response=sent.response)
    return sent.body


def _status(summary: _Summary, url: str, checked_at: datetime) -> VendorStatus:
    known = summary.indicator in get_args(Indicator)
    return VendorStatus(
        name=summary.name or _host(url),
        indicator=summary.indicator if known else "unknown",  # type: ignore[arg-type]
        description=summary.description
        if known
        else say("its status page says {indicator!r}", indicator=summary.indicator),
        checked_at=checked_at,
        incidents=tuple(
            VendorIncident(each.name, each.status, each.impact, each.shortlink)
            for each in summary.incidents
            if each.status not in ("resolved", "postmortem")
        ),
        components={
            each.name: each.status for each in summary.components if each.status != "operational" and not each.group
        },
    )


def _unknown(url: str, reason: str, checked_at: datetime) -> VendorStatus:
    return VendorStatus(_host(url), "unknown", reason, checked_at)


def _host(url: str) -> str:
    return url.split("://")[-1].split("/")[0].split("@")[-1]


class StatusCache:
    """Status pages read at most once per `ttl_s`; many who ask at once share one reading. Failures are kept shorter."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        ttl_s: float = 45.0,
        unknown_ttl_s: float = 10.0,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        masker: Masker | None = None,
    ) -> None:
        self._client, self._timeout_s, self._clock, self._now = client, timeout_s, clock, now
        self._masker = masker or Masker()
        self._ttl_s, self._unknown_ttl_s = ttl_s, unknown_ttl_s
        self._kept: dict[str, tuple[float, VendorStatus]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, url: str) -> VendorStatus:
        """The status, fresh or kept."""
        async with self._locks.setdefault(url, asyncio.Lock()):
            until, status = self._kept.get(url, (float("-inf"), None))
            if status is None or self._clock() >= until:
                status = await read(self._client, url, self._timeout_s, now=self._now)
                status = await self._masker.foreign(status)
                ttl_s = self._unknown_ttl_s if status.indicator == "unknown" else self._ttl_s
                self._kept[url] = (self._clock() + ttl_s, status)
            return status
