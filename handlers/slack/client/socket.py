"""Socket Mode with a watchdog.

A failed reconnect can leave the SDK's client deaf for ever while the process looks healthy. So the connection is looked
at every few seconds; one that has been dead for long is closed (closing may hang too, hence the limit) and a new client
is built. When that fails again and again, `dead` is set, and the process exits for its supervisor to start it anew.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import Refusal
from bot.integrations.http.proxies import Proxies
from handlers.metrics import CONNECTED
from handlers.slack.client.connect import app_token_words
from handlers.slack.client.error_codes import TOKEN

log = structlog.get_logger()

LOOK_EVERY = 3.0
DEAD_AFTER = 20.0
"""Seconds without a connection after which the client is built anew."""
GIVE_UP_AFTER = 300.0
"""Seconds without a connection after which the process ends."""
CLOSING_LIMIT = 5.0
CONNECT_LIMIT = 20.0


class Socket:
    """One Socket Mode connection that stays alive."""

    def __init__(
        self, app: AsyncApp, app_token: str, proxies: Proxies, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app, self._app_token, self._proxies, self._clock = app, app_token, proxies, clock
        self._handler: AsyncSocketModeHandler | None = None
        self._alive_at = clock()
        self._watcher: asyncio.Task[None] | None = None
        self.dead = asyncio.Event()

    async def start(self) -> None:
        """Connect, and keep watch. A first connection that fails is tried again by the watchdog.

        Raises:
            Refusal: Slack refuses the app-level token; trying again will not help.
        """
        await self._connect()
        self._watcher = asyncio.create_task(self._watch(), name="socket-watchdog")

    async def connected(self) -> bool:
        """Whether Slack can reach us now."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def stop(self) -> None:
        """Close the connection; deliveries under way may still be acked before."""
        if self._watcher:
            self._watcher.cancel()
        await self._close()
        CONNECTED.set(0)

    async def _watch(self) -> None:
        while not self.dead.is_set():
            await asyncio.sleep(LOOK_EVERY)
            alive = await self.connected()
            CONNECTED.set(alive)
            if alive:
                self._alive_at = self._clock()
            elif self._clock() - self._alive_at > GIVE_UP_AFTER:
                log.error("socket.given_up")
                self.dead.set()
            elif self._clock() - self._alive_at > DEAD_AFTER:
                log.warning("socket.rebuilt")
                await self._close()
                with suppress(Refusal):
                    await self._connect()

    async def _connect(self) -> None:
        """Build a new client on a ticket of its own: the SDK would hide why a ticket is refused, and try for ever."""
        self._handler = AsyncSocketModeHandler(self._app, self._app_token)
        try:
            async with asyncio.timeout(CONNECT_LIMIT):
                ticket = await self._app.client.apps_connections_open(app_token=self._app_token)
                self._handler.client.wss_uri = ticket["url"]
                self._handler.client.proxy = self._proxies.for_url(ticket["url"])
                await self._handler.connect_async()  # type: ignore[no-untyped-call]
            self._alive_at = self._clock()
            CONNECTED.set(1)
            log.info("socket.connected")
        except SlackApiError as error:
            await self._refused(str(error.response.get("error")))
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises, the watchdog tries again
            log.warning("socket.not_connected", why=type(error).__name__)

    async def _refused(self, code: str) -> None:
        log.warning("socket.not_connected", why=code)
        if code in TOKEN | {"missing_scope"}:
            await self._close()
            raise Refusal(app_token_words(code))

    async def _close(self) -> None:
        if self._handler is None:
            return
        try:
            await asyncio.wait_for(self._handler.close_async(), CLOSING_LIMIT)  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - a client that cannot close is left behind
            log.warning("socket.not_closed", why=type(error).__name__)
        self._handler = None
