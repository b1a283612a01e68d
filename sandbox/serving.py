"""A uvicorn server inside a running event loop, without signal handlers, on a port it tells.

Every ASGI scope that it serves carries `scope["extensions"]["sandbox.hang_up"]`: a function that closes the TCP
connection at once, so that an app can act and then never answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

HANG_UP = "sandbox.hang_up"


class _Server(uvicorn.Server):
    """uvicorn's server, with events for "it listens" and "stop", and without its hold on the process's signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """uvicorn looks ten times a second whether to stop; this stops at once, and ticks for the Date header."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), timeout=1)


class Running:
    """A server that runs: `url` without a slash at its end, and `stop()`."""

    def __init__(self, server: _Server, task: asyncio.Task[None], *, url: str) -> None:
        self._server = server
        self._task = task
        self.url = url

    async def stop(self) -> None:
        """Close the listening socket and every connection, and return when all is closed. May be called twice."""
        self._server.should_exit = True
        self._server.stopping.set()
        await self._task


async def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve `app` until `stop()`; port 0 takes a free one. Raises OSError when the port is taken."""
    listener = socket.create_server((host, port), backlog=2048)
    # asyncio sets this only on sockets that say they are TCP; without it, answers wait 40 ms for a delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        _with_hang_up(app),
        http="h11",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    return Running(server, task, url=f"http://{host}:{listener.getsockname()[1]}")


def _with_hang_up(app: ASGIApp) -> ASGIApp:
    async def serving(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope.setdefault("extensions", {})[HANG_UP] = _hang_up(receive)
        await app(scope, receive, send)

    return serving


def _hang_up(receive: Receive) -> Callable[[], None]:
    """uvicorn hands out bound methods of the object that holds the transport; nothing public leads to it."""
    cycle = getattr(receive, "__self__", None)

    def hang_up() -> None:
        if cycle is not None:
            cycle.transport.abort()

    return hang_up
