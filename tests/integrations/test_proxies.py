"""Proxies of the environment: every client goes through them alike, or the start says why not."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import httpx
import pytest

from bot.errors import Refusal
from bot.integrations.http.call import HttpCall, request
from bot.integrations.http.client import open_client
from bot.integrations.http.proxies import Proxies, Routed, named, read_proxies
from bot.integrations.paging.client import page

from .proxy import Proxy, proxying

P, Q = "http://p:3128", "http://q:8080"
URLS = ("https://a.test/x", "wss://a.test/x", "http://a.test/x", "ws://a.test/x")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (None, None, None, None)),
        ({"HTTPS_PROXY": P}, (P, P, None, None)),
        ({"https_proxy": P, "HTTPS_PROXY": Q}, (P, P, None, None)),
        ({"HTTP_PROXY": P}, (None, None, P, P)),
        ({"HTTP_PROXY": P, "HTTPS_PROXY": Q}, (Q, Q, P, P)),
        ({"ALL_PROXY": P}, (P, P, P, P)),
        ({"all_proxy": P, "HTTPS_PROXY": Q}, (Q, Q, P, P)),
        ({"HTTPS_PROXY": "p:3128"}, (P, P, None, None)),
        ({"HTTPS_PROXY": " "}, (None, None, None, None)),
        ({"ALL_PROXY": "socks5://s:1080", "HTTPS_PROXY": P, "HTTP_PROXY": P}, (P, P, P, P)),
    ],
)
def test_each_address_has_the_proxy_of_its_scheme(environ: Mapping[str, str], expected: tuple[str | None, ...]) -> None:
    assert tuple(read_proxies(environ).for_url(url) for url in URLS) == expected


@pytest.mark.parametrize(
    ("listed", "url", "spared"),
    [
        ("a.test", "https://a.test/", True),
        ("a.test", "https://b.a.test/", True),
        (".a.test", "https://b.a.test/", True),
        ("*.a.test", "https://b.a.test/", True),
        ("A.Test", "https://a.test/", True),
        ("x.test, a.test", "wss://a.test/", True),
        ("a.test:8443", "https://a.test:8443/", True),
        ("a.test:443", "https://a.test/", True),
        ("a.test:8443", "https://a.test/", False),
        ("a.test", "https://ba.test/", False),
        ("a.test", "https://a.test.evil/", False),
        ("*", "https://a.test/", True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("::1", "https://[::1]:8443/", True),
        ("127.0.0.1", "https://user:p%40w@127.0.0.1:1/", True),
        ("", "https://a.test/", False),
    ],
)
def test_what_is_to_be_asked_directly_is(listed: str, url: str, spared: bool) -> None:
    assert (read_proxies({"ALL_PROXY": P, "NO_PROXY": listed}).for_url(url) is None) == spared


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "ALL_PROXY",
            "socks5://u:hunter2@s:1080",
            "ALL_PROXY is a SOCKS proxy, which NeonOps cannot use: set HTTPS_PROXY",
        ),
        ("HTTPS_PROXY", "socks5h://u:hunter2@s:1080", "HTTPS_PROXY is a SOCKS proxy"),
        ("http_proxy", "SOCKS4://hunter2", "HTTP_PROXY is a SOCKS proxy, which NeonOps cannot use: set HTTP_PROXY"),
        ("HTTPS_PROXY", "ftp://u:hunter2@p:1", "HTTPS_PROXY is not the address of a proxy; write http://host:port"),
        ("HTTPS_PROXY", "http://u:hunter2@p:99999", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://u:hunter2@", "HTTPS_PROXY is not the address of a proxy"),
        ("HTTPS_PROXY", "http://u:hunter2@[::1:80", "HTTPS_PROXY is not the address of a proxy"),
        ("ALL_PROXY", "http://u:hunter2@h]:80", "ALL_PROXY is not the address of a proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_in_words(name: str, value: str, said: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_proxies({name: value})
    assert str(refusal.value).startswith(said)
    assert "hunter2" not in str(refusal.value)


def test_a_program_is_told_what_the_environment_says() -> None:
    environ = {"https_proxy": P, "NO_PROXY": "x", "HTTP_PROXY": " ", "SLACK_BOT_TOKEN": "x"}
    assert named(environ) == {"https_proxy": P, "NO_PROXY": "x"}
    assert named({"no_proxy": "*.a.test,10.0.0.0/8"}) == {"no_proxy": ".a.test,10.0.0.0/8"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of slack.test, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=slack.test",
            "-addext", "subjectAltName=DNS:slack.test", "-keyout", "key", "-out", "crt"]  # fmt: skip
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    (folder / "both").write_text((folder / "key").read_text() + (folder / "crt").read_text())
    return folder / "both"


@asynccontextmanager
async def secured(certificate: Path) -> AsyncIterator[tuple[Proxy, ssl.SSLContext]]:
    """A proxy before https://slack.test, and who trusts that."""
    theirs, ours = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(cafile=str(certificate)),
    )
    theirs.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=theirs)
    async with server, proxying(slack_test=server.sockets[0].getsockname()[1]) as proxy:
        yield proxy, ours


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_httpx_asks_for_a_tunnel(certificate: Path) -> None:
    async with secured(certificate) as (proxy, trusted):
        way = Routed(Proxies(https=proxy.url), httpx.Limits(), trusted)
        async with httpx.AsyncClient(transport=way) as client:
            assert (await client.get("https://slack.test/x")).text == "ok"
    assert proxy.asked == ["CONNECT slack.test:443"]


async def test_aiohttp_asks_for_a_tunnel_with_the_name_and_password_of_the_proxy(certificate: Path) -> None:
    async with secured(certificate) as (proxy, trusted), aiohttp.ClientSession() as session:
        through = Proxies(https=proxy.url.replace("//", "//user:p%40ss@")).for_url("https://slack.test/x")
        async with session.get("https://slack.test/x", proxy=through, ssl=trusted) as answer:
            assert await answer.text() == "ok"
    assert proxy.asked == ["CONNECT slack.test:443"]
    assert "Basic dXNlcjpwQHNz" in proxy.headers[0]


async def test_the_shared_client_goes_through_the_proxy_or_around_it() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, proxying(vercel_test=port) as proxy, AsyncExitStack() as stack:
        proxies = Proxies(http=proxy.url, exempt="127.0.0.1")
        client = await stack.enter_async_context(open_client(proxies=proxies))
        for url in ("http://vercel.test/x", f"http://127.0.0.1:{port}/y"):
            assert (await request(client, HttpCall("GET", url))).body == b"ok"
    assert proxy.asked == ["GET http://vercel.test/x"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_pages_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server, proxying(pager_test=server.sockets[0].getsockname()[1]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        outcomes = await page(["json://pager.test/x"], "P1", "Join")
    assert [each.ok for each in outcomes] == [True]
    assert proxy.asked == ["POST http://pager.test/x"]
