"""The web port's server: uvicorn, with the limits on time and connections that it lacks itself."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import Refusal
from bot.text import say
from handlers.web.limits import LIMITS, Limits

STOPPING_S = 0.5
"""Seconds that a client may leave its answer unread while the server stops."""


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP, which by itself waits for ever for the rest of a header and for a client that does not read."""

    limits = LIMITS
    _patience: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _stops = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since = self.loop.time()
        self._look()
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for timer in (self._patience, self._stalled):
            if timer:
                timer.cancel()
        self._patience = self._stalled = None

    def on_response_complete(self) -> None:
        """A body that nobody wanted is not read to its end."""
        if self.conn.their_state is h11.SEND_BODY:
            self.transport.close()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        patience = min(self.limits.stalled_s, STOPPING_S) if self._stops else self.limits.stalled_s
        self._stalled = self._stalled or self.loop.call_later(patience, self.transport.abort)

    def shutdown(self) -> None:
        """The server stops: who does not read their answer is not waited for."""
        super().shutdown()
        self._stops = True
        if self._stalled:
            self.transport.abort()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def _unsupported_upgrade_warning(self) -> None:
        """An upgrade that is not had is no matter: the request is answered as it is."""

    def _look(self) -> None:
        """Headers that are awaited have a time limit: from their first byte on, however slowly the others come."""
        awaited = self.conn.their_state is h11.IDLE
        if awaited and not self._patience:
            self._patience = self.loop.call_later(self.limits.header_s, self.transport.abort)
        elif not awaited and self._patience:
            self._patience.cancel()
            self._patience = None

    @property
    def _incomplete(self) -> bool:
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _make_room(self) -> None:
        others = [each for each in self.connections if isinstance(each, BoundedProtocol) and each._incomplete]
        min(others, key=lambda each: each.since).transport.abort()


class WebServer(uvicorn.Server):
    """uvicorn in our event loop, without its hold on the process's signals."""

    running: asyncio.Task[None]

    def install_signal_handlers(self) -> None:
        """Signals belong to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the bot."""
        yield

    async def stop(self) -> None:
        """Let requests end, then close."""
        self.should_exit = True
        await self.running


async def serve(app: ASGIApp, host: str, port: int, limits: Limits = LIMITS) -> WebServer:
    """Serve on this address, or on each that the name has.

    Raises:
        Refusal: the address or the port cannot be had.
    """
    listeners = await asyncio.to_thread(listen, host, port)
    config = uvicorn.Config(
        app, http=type("_Protocol", (BoundedProtocol,), {"limits": limits}), ws="none", lifespan="off",
        h11_max_incomplete_event_size=limits.header_bytes, log_config=None, access_log=False,
        timeout_graceful_shutdown=3,
    )  # fmt: skip
    server = WebServer(config)
    server.running = asyncio.create_task(server.serve(sockets=listeners), name="web")
    return server


def listen(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of the host; `::` hears IPv4 too.

    Raises:
        Refusal: the address or the port cannot be had.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return [_listener(family, str(address[0]), port) for family, *_, address in dict.fromkeys(found)]
    except socket.gaierror as error:
        why = say("NEONOPS_WEB_HOST ({host}) is not an address: {why}.", host=host, why=error.strerror)
        raise Refusal(why) from error
    except OSError as error:
        sentence = "Port {port} (NEONOPS_WEB_PORT) of {host} (NEONOPS_WEB_HOST) cannot be used: {why}."
        raise Refusal(say(sentence, port=port, host=host, why=error.strerror)) from error


def _listener(family: int, address: str, port: int) -> socket.socket:
    both = family == socket.AF_INET6 and address == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((address, port), family=family, dualstack_ipv6=both, backlog=512)
