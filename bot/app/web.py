"""The web port and what is served on it; the status page is drawn and copied without a port too."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp

from bot.domain.transactions import Transactions
from bot.integrations.twilio.client import Twilio
from bot.machine.clock import Clock
from bot.settings import Settings
from bot.tools import Tools
from bot.waking import Waker
from handlers.web.app import Served, endpoints, web_app
from handlers.web.paging.doors import Doors
from handlers.web.probes import Probe
from handlers.web.server import WebServer, serve
from handlers.web.status.keeper import StatusKeeper


class Web:
    """What the settings want served: nothing without a port."""

    def __init__(self, settings: Settings, transactions: Transactions, clock: Clock, tools: Tools) -> None:
        self._transactions = transactions
        self._settings, secret = settings, settings.pagerduty_webhook_secret
        self._doors = Doors(
            transactions, tools.client(Twilio), settings.doors_url, secret.get_secret_value() if secret else ""
        )
        self._server: WebServer | None = None
        url = settings.status_url or f"http://{settings.web_host}:{settings.web_port}"
        self.status = StatusKeeper(transactions, clock, url, settings.status_dir) if settings.status_page else None

    def join(self, waker: Waker) -> None:
        """Have what is served follow what a commit names."""
        if self.status:
            self.status.join(waker)

    async def start(self, bolt: AsyncApp, ready: Probe, measure: Callable[[], Awaitable[None]]) -> None:
        """Serve, if there is a port."""
        if self._settings.web_port:
            secret = self._settings.slack_signing_secret
            http_mode = (bolt, secret.get_secret_value()) if secret else None
            files = self.status.files if self.status else None
            served = Served(ready, measure, http_mode, files, self._doors, self._transactions)
            self._server = await serve(web_app(endpoints(served)), self._settings.web_host, self._settings.web_port)

    async def sweep(self) -> None:
        """Draw anew what is old."""
        if self.status:
            await self.status.sweep()

    async def stop(self) -> None:
        """Let requests end, then close."""
        if self._server:
            await self._server.stop()
        if self.status:
            await self.status.stop()
