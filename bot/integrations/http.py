"""HTTP for every integration: one client, one call for the runbook's `http` steps, one way to name a failure."""

import asyncio
import email.utils
import json
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from socket import gaierror
from typing import Any

import httpx

from bot.errors import Ambiguous, Broken, Denied, Limited, Missing, OutsideError, Oversized, Rejected, Unreachable
from bot.integrations.capped import ENCODINGS, LARGEST, TooLarge, cap
from bot.integrations.proxies import DIRECT, Proxies, Routed
from bot.text import rough, size_words
from bot.waking import Lease

# Methods that change nothing, RFC 9110 section 9.2.1.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The request never left: whatever it asked for cannot have happened.
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that this machine trusts: reading them takes longer than all else that a client needs."""
    return httpx.create_ssl_context()


def open_client(
    *,
    user_agent: str = "NeonOps",
    timeout_s: float = 10.0,
    transport: httpx.AsyncBaseTransport | None = None,
    lease: Lease | None = None,
    proxies: Proxies = DIRECT,
) -> httpx.AsyncClient:
    """The client that all integrations share; who opens it closes it. It keeps no cookies, follows no redirects, and
    reads no answer beyond a size.

    With a lease, a request that changes something holds it in the moment in which its bytes leave.
    """
    connections = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0)
    return httpx.AsyncClient(
        headers={"User-Agent": user_agent, "Accept-Encoding": ENCODINGS},
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        transport=transport or Routed(proxies, connections, _trusted()),
        event_hooks={"request": [_held(lease)] if lease else [], "response": [cap]},
    )


def _held(lease: Lease) -> Callable[[httpx.Request], Awaitable[None]]:
    async def traced(event: str, _: dict[str, Any]) -> None:
        if event.endswith(("send_request_headers.started", "send_request_body.started")):
            await lease.hold()

    async def hook(request: httpx.Request) -> None:
        if request.method not in SAFE_METHODS:
            request.extensions["trace"] = traced

    return hook


@dataclass(frozen=True)
class HttpCall:
    """What an `http` step asks for. `expected` is empty for any 2xx; `timeout_s` is for the whole call."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    body: str | bytes | None = field(default=None, repr=False)
    expected: frozenset[int] = frozenset()
    timeout_s: float = 10.0
    max_bytes: int = 1_000_000

    @property
    def changes(self) -> bool:
        """Whether it may change something there."""
        return self.method.upper() not in SAFE_METHODS


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
        response, body, truncated = await _exchange(client, call)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise lost(error, vendor, action=action) from None
    if not _is_expected(response.status_code, call.expected):
        raise failure(response, vendor, body=body, what="this address", action=action)
    latency_ms = (clock() - began) * 1000
    return HttpAnswer(response.status_code, dict(response.headers), body, truncated, latency_ms)


async def _exchange(client: httpx.AsyncClient, call: HttpCall) -> tuple[httpx.Response, bytes, bool]:
    sent = client.build_request(
        call.method.upper(),
        addressed(call.url),
        headers=dict(call.headers),
        json=call.json,
        content=call.body,
        timeout=limits(call.timeout_s),
    )
    # httpx bounds each read; only this bounds an answer that drips.
    async with asyncio.timeout(call.timeout_s):
        response = await client.send(sent, stream=True)
        try:
            return response, *await read_capped(response, call.max_bytes)
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


async def read_capped(response: httpx.Response, max_bytes: int) -> tuple[bytes, bool]:
    """The decoded body up to `max_bytes`, and whether there was more."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def _is_expected(status: int, expected: frozenset[int]) -> bool:
    return status in expected if expected else 200 <= status < 300


def host_of(url: str) -> str:
    """The host in an address, for sentences: never its user, password, path or query."""
    try:
        return httpx.URL(url).host or "the address"
    except httpx.InvalidURL:
        return "the address"


def failure(
    response: httpx.Response,
    vendor: str,
    *,
    what: str,
    body: bytes | None = None,
    action: str | None = None,
    hint: str | None = None,
) -> OutsideError:
    """The error that an answer stands for. With an `action`, the change asked for, 408 and 5xx are `Ambiguous`."""
    status = response.status_code
    code, message = complaint(response.content if body is None else body, status)
    match status:
        case 403 if _limits(response, message):
            return Limited(vendor, retry_after=retry_after(response), hint=hint)
        case 401 | 403:
            return Denied(vendor, status=status, reason=message, hint=hint)
        case 404:
            return Missing(vendor, what, hint=hint)
        case 429:
            return Limited(vendor, retry_after=retry_after(response), hint=hint)
        case _ if status < 500 and not (action and status == 408):
            return Rejected(vendor, status=status, code=code, message=message, hint=hint)
        case _ if action is not None:
            return Ambiguous(vendor, action=action, reason=f"it answered {status}", hint=hint)
        case _:
            return Broken(vendor, f"it answered {status}", retry_after=retry_after(response), hint=hint)


def _limits(response: httpx.Response, message: str) -> bool:
    """Whether a 403 means too many requests, as GitHub's may: it says so in a header, or in words."""
    headers = response.headers
    exhausted = headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in headers
    return exhausted or "rate limit" in message.lower()


def lost(
    error: Exception, vendor: str, *, action: str | None = None, hint: str | None = None
) -> Unreachable | Ambiguous | Oversized:
    """The error for a call that got no answer. With an `action` it is `Ambiguous`, unless the request never left."""
    if action is not None and not isinstance(error, (*NEVER_SENT, httpx.InvalidURL)):
        return Ambiguous(vendor, action=action, reason=why(error), hint=hint)
    if isinstance(error, TooLarge):
        return Oversized(vendor, size_words(LARGEST))
    return Unreachable(vendor, why(error), hint=hint)


def why(error: BaseException) -> str:
    """Why there was no answer, in words. Nothing of the address is repeated: it may hold a secret."""
    for cause in _causes(error):
        for kind, words in _WHY.items():
            if isinstance(cause, kind):
                return words
    return "the connection failed"


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what led to it, the deepest first: the deepest is the most telling."""
    chain: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        current = todo.pop()
        if current is None or current in chain:
            continue
        chain.append(current)
        todo += [current.__cause__, current.__context__, *getattr(current, "exceptions", ())]
    return chain[::-1]


# The first that fits names the reason, so the narrow ones stand before the broad ones.
_WHY: Mapping[type[BaseException], str] = {
    ConnectionRefusedError: "the connection was refused",
    gaierror: "its name could not be resolved",
    ssl.SSLError: "a secure connection could not be made",
    httpx.ConnectTimeout: "no connection in time",
    httpx.PoolTimeout: "all our own connections were busy",
    httpx.TimeoutException: "no answer in time",
    TimeoutError: "no answer in time",
    httpx.TooManyRedirects: "too many redirects",
    httpx.UnsupportedProtocol: "this is not an http address",
    httpx.InvalidURL: "this is not a valid address",
    httpx.DecodingError: "the answer could not be decoded",
    httpx.ConnectError: "no connection",
    httpx.ProxyError: "the proxy refused",
    httpx.TransportError: "the connection was lost",
    TooLarge: f"its answer is larger than {size_words(LARGEST)}",
}


def complaint(body: bytes, status: int) -> tuple[str, str]:
    """(code, message) of an error answer: Vercel's `{"error": {code, message}}`, others' `{message}` or `{error}`."""
    try:
        parsed = json_of(body)
    except ValueError:
        parsed = None
    fields = parsed if isinstance(parsed, dict) else {}
    error = fields.get("error")
    inner = error if isinstance(error, dict) else {**fields, "message": fields.get("message") or error}
    code = str(inner.get("code") or status)
    return rough(code), rough(str(inner.get("message") or f"it answered {status}"))


def json_of(body: bytes) -> Any:
    """What this JSON says; raises ValueError, also when it is nested without end."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None


def retry_after(response: httpx.Response) -> float | None:
    """Seconds until the vendor wants to be asked again: `Retry-After` in its two forms (RFC 9110 section 10.2.3).

    Without it, the end of an exhausted limit: `X-RateLimit-Reset`, in Unix seconds.
    """
    value = response.headers.get("Retry-After", "").strip()
    if not value and response.headers.get("X-RateLimit-Remaining") == "0":
        return _until_reset(response)
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        at = email.utils.parsedate_to_datetime(value)
        answered_at = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return max(0.0, (at - answered_at).total_seconds())


def _until_reset(response: httpx.Response) -> float | None:
    reset = response.headers.get("X-RateLimit-Reset", "")
    try:
        answered_at = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return max(0.0, float(reset) - answered_at.timestamp()) if reset.isdecimal() else None
