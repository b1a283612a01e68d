"""Right before the bytes of a change leave, the lease is held; who has lost it sends nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.integrations.http.call import HttpCall, request
from bot.integrations.http.client import open_client
from bot.waking import Superseded
from handlers.slack.client.connect import held


class Place:
    """A lease that is lost at the n-th time it is asked for (0 = never)."""

    heartbeat = None

    def __init__(self, lost_at: int = 0) -> None:
        self.asked, self._lost_at = 0, lost_at

    async def hold(self) -> None:
        self.asked += 1
        if self.asked == self._lost_at:
            raise Superseded


class Listener:
    """A server that keeps every byte it gets, and answers each request with 200."""

    def __init__(self) -> None:
        self.got = b""
        self.closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.got += data
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" if b"}" in data or b"GET" in data else b"")
        writer.close()
        await writer.wait_closed()
        self.closed.set()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Listener, str]]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    async with server:
        yield listener, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await listener.closed.wait()


async def test_a_change_is_sent_while_the_lease_is_held() -> None:
    place = Place()
    async with listening() as (listener, url), open_client(lease=place) as client:
        answer = await request(client, HttpCall("POST", url, json={"go": 1}))
    assert (answer.status, place.asked, b'"go"' in listener.got) == (200, 2, True)


async def test_a_reading_request_needs_no_lease() -> None:
    place = Place(lost_at=1)
    async with listening() as (_, url), open_client(lease=place) as client:
        await request(client, HttpCall("GET", url))
    assert place.asked == 0


@pytest.mark.parametrize("lost_at", [1, 2])
async def test_who_lost_the_lease_sends_no_whole_request(lost_at: int) -> None:
    async with listening() as (listener, url), open_client(lease=Place(lost_at)) as client:
        sending = asyncio.ensure_future(request(client, HttpCall("POST", url, json={"go": 1})))
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert b'"go"' not in listener.got
    assert (listener.got == b"") == (lost_at == 1)


@pytest.mark.parametrize(("lost_at", "raised"), [(1, asyncio.CancelledError), (2, aiohttp.ClientConnectionError)])
async def test_who_lost_the_lease_tells_slack_nothing(lost_at: int, raised: type[BaseException]) -> None:
    traced = [held(Place(lost_at))]
    async with listening() as (listener, url), aiohttp.ClientSession(trace_configs=traced) as session:
        sending = asyncio.ensure_future(session.post(url, json={"go": 1}))
        with pytest.raises(raised):
            await sending
    assert listener.got == b""
