"""The front of the web port: how many connections, bytes and seconds a stranger may cost, whatever is served behind."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()


@dataclass(frozen=True)
class Limits:
    """What one request, and all of them together, may cost.

    `header_s`: seconds from the connection (or the first byte of its next request) to the end of the headers;
    `body_s`: to the end of the body after that; `stalled_s`: for which a client may not read its answer.
    `requests` are worked on at once, and `large` bodies (over `small_bytes`) are held at once; others wait `wait_s`.
    A refusal is there to be read for `linger_s` before the connection is closed on a client that still sends.
    Of more than `connections` the one whose request is incomplete for longest is closed.
    """

    body_bytes: int = 1_000_000
    small_bytes: int = 65_536
    header_bytes: int = 16_384
    header_s: float = 10.0
    body_s: float = 10.0
    stalled_s: float = 10.0
    wait_s: float = 2.5
    linger_s: float = 0.5
    requests: int = 64
    large: int = 16
    connections: int = 1000


LIMITS = Limits()


class Refused(Exception):
    """A request that is answered by the front itself."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Bounded:
    """Hands a request to the app when its whole body is here, within the limits; `always` paths are answered always.

    `bodies`: how many bytes the body may have, by path, where that differs from the limit of all.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits = LIMITS, always: frozenset[str] = frozenset(),
        bodies: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        self._app, self._limits, self._always, self._bodies = app, limits, always, bodies or {}
        self._working, self._large = asyncio.Semaphore(limits.requests), asyncio.Semaphore(limits.large)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._always:
            return await self._app(scope, receive, send)
        try:
            async with contextlib.AsyncExitStack() as held:
                body = await self._body(scope, receive, held)
                if body is not None:
                    await self._place(self._working, held)
                    await self._app(scope, _again(body, receive), send)
        except Refused as refused:
            log.warning("web.refused", status=refused.status, why=refused.why, path=shown(scope["path"]))
            await self._answer(send, refused)

    async def _place(self, places: asyncio.Semaphore, held: contextlib.AsyncExitStack) -> None:
        """Take one of the places until the request is over."""
        try:
            async with asyncio.timeout(self._limits.wait_s):
                await places.acquire()
        except TimeoutError:
            raise Refused(503, "too many requests at once") from None
        held.callback(places.release)

    async def _body(self, scope: Scope, receive: Receive, held: contextlib.AsyncExitStack) -> bytes | None:
        """The whole body; None when the client has gone."""
        most = self._bodies.get(scope["path"], self._limits.body_bytes)
        if _announced(scope) > most:
            raise Refused(413, "the body is too large")
        try:
            async with asyncio.timeout(self._limits.body_s):
                return await self._read(receive, held, most)
        except TimeoutError:
            raise Refused(408, "the body came too slowly") from None

    async def _read(self, receive: Receive, held: contextlib.AsyncExitStack, most: int) -> bytes | None:
        body, more, large = bytearray(), True, False
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > most:
                raise Refused(413, "the body is too large")
            if len(body) > self._limits.small_bytes and not large:
                large = True
                await self._place(self._large, held)
        return bytes(body)

    async def _answer(self, send: Send, refused: Refused) -> None:
        text = f"{refused.why}\n".encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text)), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": refused.status, "headers": headers})
        await send({"type": "http.response.body", "body": text, "more_body": True})
        await asyncio.sleep(self._limits.linger_s)
        await send({"type": "http.response.body"})


def shown(path: str) -> str:
    """A path as it is logged: what comes after `/ack/` is a key."""
    return "/ack/…" if path.startswith("/ack/") else path[:200]


def _announced(scope: Scope) -> int:
    """The `Content-Length`; h11 lets only a number through."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then what comes after it."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received
