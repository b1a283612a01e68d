"""The practice Slack: a strict stand-in of Slack's Web API, Socket Mode and HTTP deliveries in one asyncio process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from ..serving import Running, serve
from .call_log import Call
from .core import build_core
from .faults import Faults
from .limits import Limits
from .message_actions import MessageActions
from .people import Person
from .routes import build_routes

T = TypeVar("T")


class PracticeSlack(MessageActions):
    """One workspace with one installed app, and the people who use it.

    What real Slack would refuse, it refuses, with Slack's error. What people do and reading the state come from
    `Touches`, `PeopleActions`, `MessageActions` and `Reading`. Nothing runs until `serve()` is called or `routes` are
    mounted in another app.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        people: Sequence[Person],
        channels: Sequence[str],
        limits: Limits | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`manifest` as parsed YAML or JSON; raises ValueError for one that Slack would not take.

        `channels` are public, with every full member in each and guests in the first; the bot is in none. A channel's
        id is C0 and its name in capitals: `devops` is C0DEVOPS. `now` is the clock, in unix seconds.
        """
        self._core = build_core(manifest, limits=limits or Limits(), now=now)
        self._core.workspace.found(people, channels)
        self.routes: list[BaseRoute] = build_routes(self._core, self)

    @property
    def bot_token(self) -> str:
        return self._core.app.bot_token

    @property
    def app_token(self) -> str:
        return self._core.app.app_token

    @property
    def signing_secret(self) -> str:
        return self._core.app.signing_secret

    @property
    def bot_user_id(self) -> str:
        return self._core.app.bot_user_id

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose; change it at any time."""
        return self._core.faults

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, in order."""
        return self._core.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method that acted, in order."""
        return [call for call in self.calls if call.method == method and call.outcome == "ok"]

    def traffic(self, limit: int = 1000) -> list[dict[str, Any]]:
        """The newest passages between Slack and the app, oldest first, in the shape of the page's traffic view."""
        return self._core.traffic.newest(limit)

    @property
    def connections(self) -> int:
        """How many sockets the app has open."""
        return self._core.sockets.connections

    @property
    def request_url(self) -> str | None:
        """The app's address for signed POSTs; None means Socket Mode."""
        return self._core.deliveries.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._core.deliveries.request_url = url

    async def verify_request_url(self, url: str) -> None:
        """Send url_verification as Slack does when the address is saved, then use it. Raises ValueError."""
        await self._core.deliveries.verify(url, self._core.app.verification_token)
        self.request_url = url

    def add_usergroup(self, handle: str, name: str, users: Sequence[str]) -> str:
        """A user group (`@handle`); returns its id. The event subteam_members_changed tells of later changes only."""
        group_id = self._core.ids.new("S")
        group = {"id": group_id, "handle": handle, "name": name, "is_usergroup": True, "date_delete": 0}
        self._core.workspace.usergroups[group_id] = {**group, "users": list(users), "user_count": len(users)}
        return group_id

    @property
    def url(self) -> str:
        """Where the workspace is served, without a slash at the end. `serve()` and the app's own calls set it."""
        return self._core.base_url.rstrip("/")

    @url.setter
    def url(self, url: str) -> None:
        self._core.base_url = url.rstrip("/") + "/"

    def tell_pages(self, type: str, **facts: Any) -> None:
        """Send a frame to every open page: `neonpro`, `toast` …"""
        self._core.notifier.notify(type, **facts)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Close the app's sockets with one of Slack's reasons, or break them off with "cut"."""
        await self._core.sockets.disconnect(reason)

    async def wait_for(self, condition: Callable[[], T], timeout: float = 60) -> T:  # noqa: ASYNC109 - the caller's words
        """Wait until `condition()` is truthy and return it; looked at again at every change of the workspace.

        A LookupError or Impossible in the condition means "not yet". Raises TimeoutError after `timeout` seconds.
        """
        return await self._core.notifier.until(condition, timeout)

    async def serve(self, port: int = 0) -> Running:
        """Serve on 127.0.0.1; port 0 takes a free one. `stop()` of what is returned closes everything."""
        running = await serve(Starlette(routes=self.routes), port=port)
        self.url = running.url
        return _Closing(running, self)

    async def close(self) -> None:
        """Close the sockets and stop what is still being delivered."""
        await self._core.sockets.close()
        await self._core.deliveries.close()


class _Closing(Running):
    """A server that also closes the workspace."""

    def __init__(self, running: Running, slack: PracticeSlack) -> None:
        self._running = running
        self._slack = slack
        self.url = running.url

    async def stop(self) -> None:
        await self._slack.close()
        await self._running.stop()
