"""The page's event socket: one JSON object a frame, each naming what changed; the page fetches it again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from ..core import Core
from ..errors import Impossible
from ..notifier import Change
from ..people import Person
from ..reading import Reading
from . import reading as shown

TRAFFIC_A_SECOND = 10
WAITING_FRAMES = 1000


class Frames:
    """The frames that wait for one page; traffic is thinned, and repeats of a waiting frame are left out."""

    def __init__(self, core: Core, me: Person) -> None:
        self._core = core
        self._me = me
        self._queue: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(WAITING_FRAMES)
        self._second = 0
        self._traffic_sent = 0

    def take(self, change: Change) -> None:
        """Turn a change into a frame, if it is this person's to see."""
        if change.get("only") not in (None, self._me.id):
            return
        frame = self._frame({name: value for name, value in change.items() if name != "only"})
        if frame is not None and not self._queue.full():
            self._queue.put_nowait(frame)

    async def next(self) -> Mapping[str, Any]:
        return await self._queue.get()

    def _frame(self, change: dict[str, Any]) -> Mapping[str, Any] | None:
        if change["type"] == "traffic":
            return self._thinned(change)
        if change["type"] == "messages":
            place = self._core.workspace.channels[change["channel"]]
            return change if place.sees(self._me.id) else None
        if change["type"] == "view":
            stack = [shown.view(self._core, view) for view in self._core.views.stack(self._me.id)]
            return {**change, "view": stack[-1] if stack else None, "stack": stack}
        return change

    def _thinned(self, change: dict[str, Any]) -> Mapping[str, Any] | None:
        """The first ten of a second as they are, then one `traffic_many`."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._traffic_sent = second, 0
        self._traffic_sent += 1
        if self._traffic_sent <= TRAFFIC_A_SECOND:
            return change
        return {"type": "traffic_many"} if self._traffic_sent == TRAFFIC_A_SECOND + 1 else None


def stream(core: Core, slack: Reading) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint of /ui/events?as=U."""

    async def endpoint(websocket: WebSocket) -> None:
        try:
            me = slack.person(websocket.query_params.get("as", ""))
        except Impossible:
            await websocket.close(code=4004, reason="user_not_found")
            return
        await websocket.accept()
        await _serve(websocket, core, Frames(core, me))

    return endpoint


async def _serve(websocket: WebSocket, core: Core, frames: Frames) -> None:
    connections = core.sockets.connections
    frames.take({"type": "bot", "connected": connections > 0, "connections": connections})
    stop_listening = core.notifier.listen(frames.take)
    sending = asyncio.create_task(_send_all(websocket, frames))
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        stop_listening()
        sending.cancel()


async def _send_all(websocket: WebSocket, frames: Frames) -> None:
    try:
        while True:
            await websocket.send_json(await frames.next())
    except (RuntimeError, WebSocketDisconnect):
        return
