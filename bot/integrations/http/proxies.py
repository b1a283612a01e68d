"""The proxies of the environment, read once and alike for every client: each of the libraries has rules of its own.

HTTPS_PROXY is for https and wss, HTTP_PROXY for http and ws, ALL_PROXY for what has none of its own, NO_PROXY names
what is asked directly; each in small letters too, which win. A proxy is asked with CONNECT for what is encrypted.
"""

import ipaddress
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import httpx

from bot.errors import Refusal
from bot.text import say

NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_LIKE = {"https": "https", "wss": "https", "http": "http", "ws": "http"}


@dataclass(frozen=True)
class Proxies:
    """The proxy of each scheme, None = none; `exempt` is NO_PROXY."""

    https: str | None = field(default=None, repr=False)
    http: str | None = field(default=None, repr=False)
    exempt: str = ""

    def for_url(self, url: str) -> str | None:
        """The proxy through which this is asked; None = directly."""
        parts = urlsplit(url)
        proxy = {"https": self.https, "http": self.http}.get(_LIKE.get(parts.scheme, ""))
        return None if proxy is None or self._spares(parts) else proxy

    def _spares(self, parts: SplitResult) -> bool:
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
        listed = (each.strip() for each in self.exempt.split(","))
        return any(_fits(each, host, port) or _in_network(host, each) for each in listed if each)


DIRECT = Proxies()
"""No proxy."""


def _fits(entry: str, host: str, port: int | None) -> bool:
    """`*`, `example.com` and what is below it (also `.example.com`, `*.example.com`), each with or without a port."""
    name, colon, wanted = entry.lower().rpartition(":") if entry.count(":") == 1 else (entry.lower(), "", "")
    if entry == "*":
        return True
    if colon and wanted != str(port):
        return False
    name = name.strip("[]").removeprefix("*").removeprefix(".")
    return host == name or host.endswith(f".{name}")


def _in_network(host: str, network: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    return False


def read_proxies(environ: Mapping[str, str]) -> Proxies:
    """The proxies that the environment names.

    Raises:
        Refusal: one of them cannot be used; the sentence holds no part of it.
    """
    return Proxies(_chosen(environ, "HTTPS_PROXY"), _chosen(environ, "HTTP_PROXY"), _value(environ, "NO_PROXY"))


def named(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment says of proxies, for a program that reads it and knows no `*.` in NO_PROXY."""
    said = {name: value for name, value in environ.items() if name.upper() in NAMES and value.strip()}
    return {name: value.replace("*.", ".") if name.upper() == "NO_PROXY" else value for name, value in said.items()}


def _value(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name.lower()) or environ.get(name) or "").strip()


def _chosen(environ: Mapping[str, str], own: str) -> str | None:
    name = own if _value(environ, own) else "ALL_PROXY"
    value = _value(environ, name)
    if not value:
        return None
    address = value if "://" in value else f"http://{value}"
    scheme = address.partition("://")[0].lower()
    if scheme.startswith("socks"):
        sentence = (
            "{name} is a SOCKS proxy, which NeonOps cannot use: set {own} to an http:// proxy, or take {name} out."
        )
        raise Refusal(say(sentence, name=name, own=own))
    if scheme not in ("http", "https") or not _has_place(address):
        raise Refusal(say("{name} is not the address of a proxy; write http://host:port.", name=name))
    return address


def _has_place(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and not any(char.isspace() for char in address)
    except ValueError:
        return False


def _proxy(address: str | None, trusted: ssl.SSLContext) -> httpx.Proxy | None:
    """A proxy that is itself asked over TLS is trusted by the same certificates."""
    if address is None:
        return None
    return httpx.Proxy(address, ssl_context=trusted if address.startswith("https:") else None)


class Routed(httpx.AsyncBaseTransport):
    """Sends each request through the proxy of its address, or directly."""

    def __init__(self, proxies: Proxies, limits: httpx.Limits, trusted: ssl.SSLContext) -> None:
        self._proxies = proxies
        ways = dict.fromkeys((None, proxies.https, proxies.http))
        self._ways = {way: httpx.AsyncHTTPTransport(trusted, limits=limits, proxy=_proxy(way, trusted)) for way in ways}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._ways[self._proxies.for_url(str(request.url))].handle_async_request(request)

    async def aclose(self) -> None:
        for way in self._ways.values():
            await way.aclose()
