"""The one client that all integrations share: its connections, proxies, limits and lease."""

import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from bot.integrations.http.proxies import DIRECT, Proxies, Routed
from bot.integrations.http.size_limit import ENCODINGS, cap
from bot.waking import Lease

# Methods that change nothing, RFC 9110 section 9.2.1.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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
