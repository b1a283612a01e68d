"""Socket Mode: the WebSocket connections of the app, hello and disconnect frames, envelopes and their acks.

Imitated: tickets that work once, up to ten connections with envelopes spread over them, acks on any of the connections
(the SDK sends late ones on the new socket), disconnects with a reason. Not imitated: compression, Slack's own pings.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from .app import AppIdentity
from .call_log import Traffic
from .faults import Faults
from .limits import Limits
from .notifier import Notifier

HOST = "applink-practice"


class Sockets:
    """The app's open connections; `send` hands an envelope to one of them."""

    def __init__(
        self, app: AppIdentity, *, faults: Faults, limits: Limits, traffic: Traffic, notifier: Notifier
    ) -> None:
        self._app = app
        self._faults = faults
        self._limits = limits
        self._traffic = traffic
        self._notifier = notifier
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._turns = itertools.count()
        self._acks: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many sockets of the app are open."""
        return len(self._open)

    def add_ticket(self, ticket: str) -> None:
        self._tickets.add(ticket)

    async def endpoint(self, websocket: WebSocket) -> None:
        """The address that apps.connections.open gives out."""
        ticket = websocket.query_params.get("ticket", "")
        if self._faults.refuse_sockets:
            self._traffic.note("socket", "refused", outcome="503")
            await websocket.send_denial_response(Response(status_code=503))
        elif ticket not in self._tickets:
            self._traffic.note("socket", "refused", outcome="invalid_ticket")
            await websocket.send_denial_response(Response(status_code=403))
        else:
            self._tickets.discard(ticket)
            await self._serve(websocket)

    async def send(self, envelope: Mapping[str, Any]) -> asyncio.Future[Mapping[str, Any]] | None:
        """Send to the next connection in turn; a future for the ack frame, or None when there is no connection."""
        if not self._open:
            return None
        websocket = self._open[next(self._turns) % len(self._open)]
        ack: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[envelope["envelope_id"]] = ack
        ack.add_done_callback(lambda _: self._acks.pop(envelope["envelope_id"], None))
        await _send(websocket, envelope)
        return ack

    async def disconnect(self, reason: str) -> None:
        """Tell every connection to go, for one of Slack's reasons; all but `warning` close at once.

        `cut` is none of Slack's: the connections break off without a word.
        """
        leaving = list(self._open)
        if reason == "warning":
            self._closing.add(asyncio.create_task(self._warn(leaving)))
        for websocket in leaving:
            await self._bid_farewell(websocket, reason)

    async def close(self) -> None:
        """The server stops: close every connection."""
        for task in self._closing:
            task.cancel()
        for websocket in list(self._open):
            await _close(websocket)

    async def _serve(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if len(self._open) >= self._limits.sockets:
            await self._bid_farewell(websocket, "too_many_websockets")
            return
        self._open.append(websocket)
        await _send(websocket, self._hello())
        self._changed("connected")
        try:
            await self._listen(websocket)
        except WebSocketDisconnect:
            pass
        finally:
            self._leave(websocket)

    async def _listen(self, websocket: WebSocket) -> None:
        while True:
            frame = json.loads(await websocket.receive_text())
            self._traffic.note("ack", frame.get("envelope_id", "?"), summary=json.dumps(frame.get("payload") or {}))
            ack = self._acks.get(frame.get("envelope_id", ""))
            if ack is not None and not ack.done():
                ack.set_result(frame)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app.id},
        }

    async def _bid_farewell(self, websocket: WebSocket, reason: str) -> None:
        self._traffic.note("socket", "disconnect", outcome=reason)
        if reason != "cut":
            await _send(websocket, {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})
        if reason != "warning":
            self._leave(websocket)
            await _close(websocket)

    async def _warn(self, leaving: list[WebSocket]) -> None:
        await asyncio.sleep(self._limits.warning_seconds)
        for websocket in leaving:
            if websocket in self._open:
                await self._bid_farewell(websocket, "refresh_requested")

    def _leave(self, websocket: WebSocket) -> None:
        if websocket in self._open:
            self._open.remove(websocket)
            self._changed("disconnected")

    def _changed(self, what: str) -> None:
        self._traffic.note("socket", what, summary=f"{len(self._open)} open")
        self._notifier.notify("bot", connected=bool(self._open), connections=len(self._open))


async def _send(websocket: WebSocket, frame: Mapping[str, Any]) -> None:
    try:
        await websocket.send_text(json.dumps(frame))
    except (RuntimeError, WebSocketDisconnect):
        return  # The other side went first; nobody will ack, and that is what the sender sees.


async def _close(websocket: WebSocket) -> None:
    try:
        await websocket.close()
    except (RuntimeError, WebSocketDisconnect):
        return
