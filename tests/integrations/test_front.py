"""The web port under attack, by real sockets: what strangers send costs little, ends soon, and health is answered."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import Refusal
from bot.masking import Masker
from bot.startup.logs import set_up_logs
from handlers.slack.bolt import build_bolt
from handlers.web.app import Served, endpoints, web_app
from handlers.web.endpoints import Endpoint
from handlers.web.limits import Limits
from handlers.web.server import listen, serve
from sandbox.slack.posts import signature

SECRET = "the-signing-secret"
SHORT = Limits(header_s=0.4, body_s=0.4, stalled_s=0.4, wait_s=0.3)
MB = 1_000_000
CHUNK = b"f4240\r\n" + b"x" * MB + b"\r\n"


class Quiet:
    """Listeners that nobody reaches here."""

    def __getattr__(self, name: str) -> Any:
        async def ignored(ack: Callable[..., Any]) -> None:
            await ack()

        return ignored


@asynccontextmanager
async def served(limits: Limits = SHORT, host: str = "127.0.0.1", *more: Endpoint) -> AsyncIterator[int]:
    """The port of a server with the bot's own endpoints, and `more`."""
    bot = AuthorizeResult(enterprise_id=None, team_id="T")
    bolt = build_bolt(AsyncWebClient("xoxb-x"), Quiet(), SECRET, bot, lambda user: "")  # type: ignore[arg-type]

    async def ready() -> dict[str, bool]:
        return {"slack": True}

    async def measure() -> None:
        return None

    table = endpoints(Served(ready, measure, (bolt, SECRET)))
    server = await serve(web_app([*table, *more], limits), host, port := free_port(), limits)
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.005)
        yield port
    finally:
        await server.stop()


def free_port() -> int:
    (listener,) = listen("127.0.0.1", 0)
    with listener:
        return int(listener.getsockname()[1])


async def sent(port: int, *parts: bytes, host: str = "127.0.0.1") -> bytes:
    """All that the server answers to these bytes, until it closes; what it does not take any more is not sent."""
    reader, writer = await asyncio.open_connection(host, port)
    answer = asyncio.create_task(read(reader))
    with suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
    try:
        return await answer
    finally:
        writer.close()


async def read(reader: asyncio.StreamReader) -> bytes:
    answer = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            answer += piece
    return bytes(answer)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def post(*headers: str, close: bool = True) -> bytes:
    more = [*headers, *(["Connection: close"] if close else [])]
    return "\r\n".join(["POST /slack/events HTTP/1.1", "Host: x", *more, "", ""]).encode()


async def healthy(port: int) -> bool:
    async with httpx.AsyncClient(timeout=2) as client:
        return (await client.get(f"http://127.0.0.1:{port}/healthz")).json() == {"status": "ok"}


def memory(name: str = "VmRSS") -> int:
    """Bytes of this process that are in memory (`VmHWM`: at most, since it was last set back)."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def settled_memory() -> int:
    """Bytes in memory now, from which on `VmHWM` counts."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory()


@pytest.mark.parametrize("length", [f"Content-Length: {600 * MB}", "Transfer-Encoding: chunked"])
async def test_600_mb_unsigned_are_refused_and_cost_no_memory(length: str) -> None:
    async with served(Limits()) as port:
        before = settled_memory()
        answer = await sent(port, post(length), *(CHUNK for _ in range(600)))
        assert status(answer) == 413
        assert memory("VmHWM") - before < 50 * MB


async def echo(request: Request) -> Response:
    return Response(await request.body())


@pytest.mark.parametrize(("sent", "answered"), [("x" * 10, 200), ("x" * 11, 413)])
async def test_an_endpoint_may_take_less_than_the_port(sent: str, answered: int) -> None:
    hook = Endpoint("/hook", echo, method="POST", body_bytes=10)
    async with served(SHORT, "127.0.0.1", hook) as port, httpx.AsyncClient() as http:
        assert (await http.post(f"http://127.0.0.1:{port}/hook", content=sent)).status_code == answered


@pytest.mark.parametrize(("key", "answered"), [("right", (200, "it")), ("wrong", (401, "not signed by its sender\n"))])
async def test_who_does_not_pass_an_endpoints_check_is_not_heard(key: str, answered: tuple[int, str]) -> None:
    hook = Endpoint("/hook", echo, method="POST", check=lambda body, headers: headers["key"] == "right")
    async with served(SHORT, "127.0.0.1", hook) as port, httpx.AsyncClient() as http:
        answer = await http.post(f"http://127.0.0.1:{port}/hook", content="it", headers={"key": key})
    assert (answer.status_code, answer.text) == answered


async def test_what_is_small_enough_is_read_whole_without_a_length() -> None:
    body = b'{"type": "url_verification", "challenge": "c"}'
    headers = signed(body)
    async with served() as port:
        chunked = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:5], body[5:])]
        head = post("Content-Type: application/json", "Transfer-Encoding: chunked", *headers)
        assert status(await sent(port, head, *chunked, b"0\r\n\r\n")) == 200


def signed(body: bytes, secret: str = SECRET, at: str | None = None) -> list[str]:
    at = at or str(int(time.time()))
    return [f"X-Slack-Request-Timestamp: {at}", f"X-Slack-Signature: {signature(secret, at, body)}"]


HALF_OPEN = {"nothing": b"", "half a request": b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Sl"}


@pytest.mark.parametrize("begun", HALF_OPEN.values(), ids=HALF_OPEN.keys())
async def test_400_half_open_connections_end_and_health_answers_meanwhile(begun: bytes) -> None:
    async with served() as port:
        waiting = [asyncio.create_task(sent(port, begun)) for _ in range(400)]
        assert await healthy(port)
        async with asyncio.timeout(10):
            assert set(await asyncio.gather(*waiting)) == {b""}


async def trickle(port: int, begun: bytes, data: bytes, seconds: float = 0.05) -> None:
    """Send it again and again after the beginning, until the server has had enough."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    with suppress(ConnectionError):
        writer.write(begun)
        while True:
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(seconds)


async def test_a_header_that_trickles_in_ends_too() -> None:
    async with served() as port, asyncio.timeout(5):
        await trickle(port, b"GET /healthz HTTP/1.1\r\nX: ", b"x")


async def test_the_second_request_of_a_connection_has_a_limit_too() -> None:
    async with served() as port, asyncio.timeout(4):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"ok")
        writer.write(b"GET /heal")
        assert b"HTTP" not in await read(reader)
        writer.close()


async def test_a_body_that_trickles_in_is_refused() -> None:
    async with served() as port:
        assert status(await sent(port, post("Content-Length: 100"), b"half")) == 408


async def test_of_too_many_connections_the_oldest_unfinished_makes_room() -> None:
    async with served(Limits(connections=20)) as port:
        waiting = [asyncio.create_task(sent(port, post("Content-Length: 9"), b"x")) for _ in range(60)]
        assert await healthy(port)
        done, still = await asyncio.wait(waiting, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        assert done
        for task in still:
            task.cancel()


async def test_a_client_that_does_not_read_is_let_go() -> None:
    async with served() as port, asyncio.timeout(20):
        await trickle(port, b"", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 1000, 0)


async def test_a_stop_does_not_wait_for_who_does_not_read(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Masker())
    async with served(Limits(stalled_s=60)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(TimeoutError):
            while True:
                writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
                await asyncio.wait_for(writer.drain(), 1)
        began = time.monotonic()
    assert time.monotonic() - began < 2.5
    assert "Traceback" not in "".join(capfd.readouterr())


def bad() -> dict[str, tuple[list[bytes], int]]:
    """What is wrong, and the status that it gets; signed now, for a signature is good for five minutes."""
    now = int(time.time())
    upgrade = post("Upgrade: websocket", "Connection: upgrade, close", "Content-Length: 0", close=False)
    return {
        "oversized headers": ([b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 70_000], 400),
        "many headers": ([b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 20_000], 400),
        "junk": ([bytes(range(256)) * 4, b"\r\n\r\n"], 400),
        "TLS": ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 3], 400),
        "a length that is none": ([post("Content-Length: -7")], 400),
        "two lengths": ([post("Content-Length: 7", "Content-Length: 8")], 400),
        "a length of many digits": ([post("Content-Length: " + "9" * 18)], 413),
        "unsigned": ([post("Content-Length: 2"), b"{}"], 401),
        "junk as JSON": ([post("Content-Type: application/json", "Content-Length: 2"), b"{\xff"], 401),
        "a signature that is none": (
            [
                post("Content-Length: 2", "X-Slack-Signature: v0=é", f"X-Slack-Request-Timestamp: {now}"),
                b"{}",
            ],
            401,
        ),
        "a time that is none": (
            [post("Content-Length: 2", "X-Slack-Signature: v0=0", "X-Slack-Request-Timestamp: soon"), b"{}"],
            401,
        ),
        "a wrong signature": ([post("Content-Length: 2", *signed(b"{}", "another")), b"{}"], 401),
        "a stale one": ([post("Content-Length: 2", *signed(b"{}", at=str(now - 400))), b"{}"], 401),
        "signed junk": ([post("Content-Type: application/json", "Content-Length: 2", *signed(b"{]")), b"{]"], 400),
        "a JSON list": ([post("Content-Type: application/json", "Content-Length: 2", *signed(b"[]")), b"[]"], 400),
        "an upgrade": ([upgrade], 401),
    }


@pytest.mark.parametrize("what", bad())
async def test_bad_input_is_one_line_of_the_log(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Masker())
    parts, expected = bad()[what]
    async with served() as port:
        assert status(await sent(port, *parts)) == expected
        assert await healthy(port)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["level"] for line in lines] == ["warning"]
    assert "exception" not in lines[0]


HEARD = [
    ("::1", "::1"),
    ("[::1]", "::1"),
    ("::", "::1"),
    ("::", "127.0.0.1"),
    ("0.0.0.0", "127.0.0.1"),
    ("localhost", "127.0.0.1"),
]


@pytest.mark.parametrize(("host", "asked"), HEARD)
async def test_it_listens_where_it_is_told(host: str, asked: str) -> None:
    async with served(host=host) as port:
        answer = await sent(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", host=asked)
    assert status(answer) == 200


def test_by_default_it_is_heard_on_this_machine_only() -> None:
    (listener,) = listen("127.0.0.1", 0)
    with listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["no such host", "203.0.113.7", "999.1.1.1"])
def test_an_address_that_cannot_be_had_is_told_in_a_sentence(host: str) -> None:
    with pytest.raises(Refusal, match=r"NEONOPS_WEB_HOST"):
        listen(host, 0)
