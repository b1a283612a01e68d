"""No answer fills the memory, however it is packed: it is read up to a size, and that is said."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

import pytest

from bot.errors import Ambiguous, Broken, OutsideError, Oversized
from bot.integrations.http.api import Api
from bot.integrations.http.call import HttpCall, request
from bot.integrations.http.client import open_client
from bot.integrations.statuspage.client import read

from .fakes import FakeTime, run

MEGABYTE = b"\0" * 1_000_000
Body = Callable[[], AsyncIterator[bytes]]


async def _plain() -> AsyncIterator[bytes]:
    for _ in range(200):
        yield MEGABYTE


async def _gzip(wbits: int = 31, times: int = 200) -> AsyncIterator[bytes]:
    for piece in _packed(wbits, times):
        yield piece


@cache
def _packed(wbits: int, times: int) -> list[bytes]:
    """So many megabytes of nothing; packing them takes longer than all that is shown with them."""
    pack = zlib.compressobj(1, wbits=wbits)
    return [*(pack.compress(MEGABYTE) for _ in range(times)), pack.flush()]


def _once(body: bytes) -> Body:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    return stream


@asynccontextmanager
async def _server(encoding: str, body: Body, status: str = "200 OK") -> AsyncIterator[str]:
    """One that answers everything with this body, and does not say how long it is."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nContent-Encoding: {encoding}\r\nLocation: /again\r\nConnection: close\r\n\r\n"
        try:
            writer.write(head.encode())
            async for piece in body():
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _asked(encoding: str, body: Body, *, method: str = "GET", status: str = "200 OK") -> object:
    async def main() -> object:
        async with _server(encoding, body, status) as url, open_client(timeout_s=30) as client:
            api = Api(client, "Vercel", url, "token", "", pace=FakeTime().pace(), follow=True)
            if method == "GET":
                return (await api.read("/x", what="x")).content
            return (await api.change(method, "/x", action="deploy web")).content

    return run(main())


BOMBS: dict[str, tuple[str, Body]] = {
    "plain": ("identity", _plain),
    "gzip": ("gzip", _gzip),
    "deflate": ("deflate", lambda: _gzip(15)),
    "deflate without a header": ("deflate", lambda: _gzip(-15)),
}


@pytest.mark.parametrize(("encoding", "body"), BOMBS.values(), ids=BOMBS.keys())
def test_a_huge_answer_is_not_read_and_that_is_said(encoding: str, body: Body) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Oversized, match="Vercel answered with more than 10 MB, which is too large to read"):
            _asked(encoding, body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def test_a_huge_redirect_is_not_read_either() -> None:
    with pytest.raises(Oversized):
        _asked("gzip", _gzip, status="302 Found")


def test_a_huge_error_is_not_read_either() -> None:
    with pytest.raises(OutsideError):
        _asked("gzip", _gzip, status="503 Sorry")


def test_a_change_with_a_huge_answer_may_have_happened() -> None:
    with pytest.raises(Ambiguous, match="its answer is larger than 10 MB"):
        _asked("gzip", _gzip, method="POST")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_what_was_not_asked_for_is_not_decoded(encoding: str) -> None:
    with pytest.raises(OutsideError, match="the answer could not be decoded"):
        _asked(encoding, _gzip)


PACKED = {
    "identity": b"hello",
    "gzip": gzip.compress(b"hello"),
    "GZIP": gzip.compress(b"hel") + gzip.compress(b"lo"),
    "x-gzip": gzip.compress(b"hello"),
    "deflate": zlib.compress(b"hello"),
}


@pytest.mark.parametrize(("encoding", "packed"), PACKED.items(), ids=PACKED.keys())
def test_an_answer_of_usual_size_is_unpacked(encoding: str, packed: bytes) -> None:
    assert _asked(encoding, _once(packed)) == b"hello"


def test_an_answer_that_breaks_off_in_its_packing_is_not_taken_for_a_whole_one() -> None:
    with pytest.raises(OutsideError):
        _asked("gzip", _once(b"\x1f\x8b rubbish"))


def test_a_step_reads_the_beginning_of_a_huge_answer() -> None:
    async def main() -> tuple[int, bool]:
        async with _server("gzip", _gzip) as url, open_client() as client:
            answer = await request(client, HttpCall("GET", url, max_bytes=1000))
            return len(answer.body), answer.truncated

    assert run(main()) == (1000, True)


def test_a_huge_status_page_is_unknown_and_that_is_said() -> None:
    async def main() -> str:
        async with _server("gzip", _gzip) as url, open_client() as client:
            return (await read(client, url, 30)).description

    assert "was not read: its answer is larger than 10 MB" in run(main())


def test_json_that_is_nested_without_end_is_not_understood() -> None:
    async def main() -> object:
        async with _server("identity", _once(b"[" * 200_000)) as url, open_client() as client:
            api = Api(client, "Vercel", url, "token", "")
            return api.shaped(list[int], await api.read("/x", what="x"))

    with pytest.raises(Broken, match="unknown format"):
        run(main())
