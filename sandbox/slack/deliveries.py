"""Deliveries to the app: over a socket or by HTTP, with the ack window, retries, and the faults of delivering.

Events are retried three times (at once, after a minute, after five); commands and interactions are not. An event may
arrive twice or after a later one when the faults say so.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .call_log import Kind, Traffic
from .faults import Faults
from .limits import Limits
from .posts import Posts
from .sockets import Sockets

EnvelopeType = Literal["events_api", "interactive", "slash_commands"]
_KINDS: Mapping[EnvelopeType, Kind] = {
    "events_api": "event",
    "interactive": "interactive",
    "slash_commands": "command",
}
HELD_BACK_SECONDS = 0.05


@dataclass(frozen=True)
class Ack:
    """What a person sees of what they did.

    `ok`: the app answered in time and Slack took the answer. `error`: "dispatch_failed" (no connection, or no 200),
    "timeout" (no ack within three seconds), or Slack's error for an answer it does not take. `errors`: sentences under
    the inputs of a form, by block_id. `payload`: what the app answered with. `ms`: from sending to the ack.
    """

    ok: bool
    error: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    ms: float = 0

    @property
    def failed(self) -> bool:
        return not self.ok


@dataclass(frozen=True)
class Delivery:
    """One payload on its way; `answerable` if the ack may carry an answer, `retry` the attempt and its reason."""

    type: EnvelopeType
    payload: Mapping[str, Any]
    name: str
    answerable: bool = False
    retry: tuple[int, str] | None = None

    def envelope(self) -> dict[str, Any]:
        """The Socket Mode frame, with an id of its own."""
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": self.type,
            "payload": self.payload,
            "accepts_response_payload": self.answerable,
        }
        if self.type == "events_api":
            attempt, reason = self.retry or (0, "")
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        return envelope


class Deliveries:
    """Sends payloads to the app; `request_url` set means HTTP mode."""

    def __init__(self, sockets: Sockets, posts: Posts, *, faults: Faults, limits: Limits, traffic: Traffic) -> None:
        self.request_url: str | None = None
        self._sockets = sockets
        self._posts = posts
        self._faults = faults
        self._limits = limits
        self._traffic = traffic
        self._tasks: set[asyncio.Task[Any]] = set()
        self._held: list[asyncio.Event] = []

    async def interact(self, delivery: Delivery) -> Ack:
        """Deliver a command or an interaction once and wait for its ack."""
        if self._faults.duplicate_interactions:
            self.start(self._deliver(replace(delivery, name=f"{delivery.name} (duplicate)")))
        return await self._deliver(delivery)

    def event(self, payload: Mapping[str, Any], name: str) -> None:
        """Deliver an event in the background, with retries."""
        self.start(self._event(Delivery("events_api", payload, name)))

    async def verify(self, url: str, token: str) -> None:
        """Raises ValueError when the address does not answer Slack's challenge."""
        await self._posts.verify(url, token)

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._posts.close()

    async def _event(self, event: Delivery) -> None:
        if self._faults.reorder:
            await self._let_another_pass()
        if self._faults.duplicate_events:
            self.start(self._deliver(replace(event, retry=(1, "timeout"))))
        ack = await self._deliver(event)
        for attempt, delay in enumerate(self._limits.retry_after_seconds, start=1):
            if ack.ok or ack.payload.get("no_retry"):
                return
            await asyncio.sleep(delay)
            ack = await self._deliver(replace(event, retry=(attempt, ack.payload.get("reason", "timeout"))))

    async def _let_another_pass(self) -> None:
        """Hold every other event back until the next one was sent."""
        if self._held:
            self._held.pop().set()
            return
        passed = asyncio.Event()
        self._held.append(passed)
        try:
            async with asyncio.timeout(HELD_BACK_SECONDS):
                await passed.wait()
        except TimeoutError:
            self._held.remove(passed)
        await asyncio.sleep(0)

    async def _deliver(self, delivery: Delivery) -> Ack:
        began = time.perf_counter()
        send = self._by_http if self.request_url else self._by_socket
        ack = replace(await send(delivery), ms=(time.perf_counter() - began) * 1000)
        summary = "retry {} ({})".format(*delivery.retry) if delivery.retry else ""
        kind = _KINDS[delivery.type]
        self._traffic.note(kind, delivery.name, ms=ack.ms, outcome=ack.error or "ok", summary=summary)
        return ack

    async def _by_socket(self, delivery: Delivery) -> Ack:
        waiting = await self._sockets.send(delivery.envelope())
        if waiting is None:
            return Ack(ok=False, error="dispatch_failed")
        try:
            async with asyncio.timeout(self._limits.ack_seconds):
                frame = await waiting
        except TimeoutError:
            return Ack(ok=False, error="timeout")
        answer = frame.get("payload")
        return Ack(ok=True, payload=answer if delivery.answerable and isinstance(answer, Mapping) else {})

    async def _by_http(self, delivery: Delivery) -> Ack:
        url = self.request_url or ""
        posted = await self._posts.send(url, delivery.type, delivery.payload, retry=delivery.retry)
        if posted.error is None:
            return Ack(ok=True, payload=posted.payload)
        error = "timeout" if posted.error == "http_timeout" else "dispatch_failed"
        return Ack(ok=False, error=error, payload={"reason": posted.error, "no_retry": posted.no_retry})
