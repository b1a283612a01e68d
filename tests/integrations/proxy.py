"""A real HTTP proxy: CONNECT for what is encrypted, whole addresses for what is not. It keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """`places` says where a name really is; `asked` holds `CONNECT slack.test:443` and `GET http://x.test/path`."""

    places: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    url: str = ""
    tasks: "set[asyncio.Task[None] | None]" = field(default_factory=set)

    def paths(self) -> set[str]:
        """What was asked for, without host and query."""
        return {urlsplit(line.split()[1]).path for line in self.asked}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, _, rest = head.partition("\r\n")
            method, target, _ = line.split()
            self.asked.append(f"{method} {target}")
            self.headers.append(rest)
            parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
            port = self.places.get(parts.hostname or "", parts.port or 80)
            theirs, ours = await asyncio.open_connection("127.0.0.1", port)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                ours.write(_forwarded(method, target, rest).encode("latin-1"))
            await asyncio.gather(_pipe(reader, ours), _pipe(theirs, writer))
        await _close(writer)


def _forwarded(method: str, target: str, rest: str) -> str:
    """The request as its server knows it; one a connection, except for what is upgraded."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [line for line in rest.split("\r\n") if line]
    if "upgrade" not in rest.lower():
        lines = [*(line for line in lines if not line.lower().startswith("connection:")), "Connection: close"]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def proxying(**places: int) -> AsyncIterator[Proxy]:
    """A proxy that runs; names in `places` have dots for underscores."""
    proxy = Proxy({name.replace("_", "."): port for name, port in places.items()})
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.gather(*filter(None, proxy.tasks))
