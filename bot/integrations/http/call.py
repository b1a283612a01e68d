"""One call: sent once, bounded in time and size, and judged by its status."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.integrations.http.client import SAFE_METHODS
from bot.integrations.http.failures import failure, host_of, lost
from bot.text import say


@dataclass(frozen=True)
class HttpCall:
    """What is asked of one address. `expected` is empty for any 2xx.

    `timeout_s` is for the whole call with its redirects; None = each part of it has the client's. Of the body
    `max_bytes` are read; None = all that the client reads of any.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    body: str | bytes | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    params: Mapping[str, str | int | Sequence[str]] | None = field(default=None, repr=False)
    expected: frozenset[int] = frozenset()
    timeout_s: float | None = 10.0
    max_bytes: int | None = 1_000_000
    follow: bool = False

    @property
    def changes(self) -> bool:
        """Whether it may change something there."""
        return self.method.upper() not in SAFE_METHODS


@dataclass(frozen=True)
class Sent:
    """The answer to a call, whatever its status. `body` is cut at the call's `max_bytes`, then `truncated` says so."""

    response: httpx.Response
    body: bytes
    truncated: bool


@dataclass(frozen=True)
class HttpAnswer:
    """The expected answer. `body` is cut at the call's `max_bytes`, then `truncated` says so."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    latency_ms: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


async def request(
    client: httpx.AsyncClient, call: HttpCall, *, clock: Callable[[], float] = time.monotonic
) -> HttpAnswer:
    """Sends the call once. Raises the tree of `bot.errors`: `Ambiguous` for a change whose answer is lost or 5xx."""
    vendor = host_of(call.url)
    action = f"{call.method.upper()} {vendor}" if call.changes else None
    began = clock()
    try:
        sent = await send(client, call)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise lost(error, vendor, action=action) from None
    if not _is_expected(sent.response.status_code, call.expected):
        raise failure(sent.response, vendor, body=sent.body, what=say("this address"), action=action)
    latency_ms = (clock() - began) * 1000
    return HttpAnswer(sent.response.status_code, dict(sent.response.headers), sent.body, sent.truncated, latency_ms)


async def send(client: httpx.AsyncClient, call: HttpCall) -> Sent:
    """Sends the call once, whatever its status. Raises httpx.HTTPError, httpx.InvalidURL or TimeoutError."""
    asked = client.build_request(
        call.method.upper(),
        addressed(call.url),
        params=call.params,
        headers=dict(call.headers),
        json=call.json,
        content=call.body,
        data=call.form,
        timeout=limits(call.timeout_s) if call.timeout_s else httpx.USE_CLIENT_DEFAULT,
    )
    # httpx bounds each read; only this bounds an answer that drips.
    async with asyncio.timeout(call.timeout_s):
        response = await client.send(asked, stream=True, follow_redirects=call.follow)
        try:
            return Sent(response, *await _read(response, call.max_bytes))
        finally:
            await response.aclose()


def addressed(url: str) -> httpx.URL:
    """The address; raises httpx.InvalidURL or httpx.UnsupportedProtocol when nothing can be asked there."""
    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise httpx.UnsupportedProtocol("not an http address")
    return parsed


def limits(timeout_s: float) -> httpx.Timeout:
    """Seconds for each part of a call. Connecting gets half: it fails as "never sent" before the whole runs out."""
    return httpx.Timeout(timeout_s, connect=min(5.0, timeout_s / 2))


async def _read(response: httpx.Response, max_bytes: int | None) -> tuple[bytes, bool]:
    """The decoded body up to `max_bytes`, and whether there was more."""
    if max_bytes is None:
        return await response.aread(), False
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def _is_expected(status: int, expected: frozenset[int]) -> bool:
    return status in expected if expected else 200 <= status < 300
