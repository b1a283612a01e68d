"""The practice NeonPro in one object: its routes, its switches, what was changed, its database and its checkout."""

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from starlette.routing import BaseRoute

from sandbox.neonpro import ui
from sandbox.neonpro.checkout import Checkout, make_checkout, write_state
from sandbox.neonpro.database.tables import Database
from sandbox.neonpro.github.routes import github_routes
from sandbox.neonpro.github.state import GitHub
from sandbox.neonpro.mutations import Mutation
from sandbox.neonpro.own_pages import OwnPages
from sandbox.neonpro.prometheus import prometheus_routes
from sandbox.neonpro.services import Services
from sandbox.neonpro.statuspages import status_routes
from sandbox.neonpro.supabase import Supabase, supabase_routes
from sandbox.neonpro.switches import Switches
from sandbox.neonpro.vercel.deployments import Commit
from sandbox.neonpro.vercel.routes import vercel_routes
from sandbox.neonpro.vercel.state import Vercel


class PracticeNeonPro:
    """Mount `routes` in one Starlette app served by `sandbox.serving`. With that server at URL, the settings are
    VERCEL_API_URL=URL/vercel, SUPABASE_API_URL=URL/supabase, status pages URL/status/{vendor}/api/v2/summary.json,
    PROMETHEUS_URL=URL/prometheus, GITHUB_API_URL=URL/github, services URL/services/api and URL/services/web.

    `start` and `stop` bring PostgreSQL up and down; everything else works without it. `now` is Unix seconds.
    """

    def __init__(
        self, *, build_seconds: float = 3.0, alias_seconds: float = 1.0, now: Callable[[], float] = time.time
    ) -> None:
        self.vercel_token = "vcp_" + secrets.token_hex(20)
        self.vercel_bypass = secrets.token_hex(16)
        self.supabase_token = "sbp_" + secrets.token_hex(20)
        self.github_token = "ghp_" + secrets.token_hex(18)
        self.supabase_ref = "neonpropracticeworld"
        self.switches = Switches()
        self.github = GitHub(self.switches, lambda: self.checkout.commits if self.checkout else ())
        self.database = Database()
        self.vercel = Vercel(self.switches, build_seconds=build_seconds, alias_seconds=alias_seconds, now=now)
        self.supabase = Supabase(
            self.switches, self.database, ref=self.supabase_ref, now=now, restore_seconds=build_seconds
        )
        self.own_pages = OwnPages()
        self.mutations: list[Mutation] = []
        self.supabase.mutations = self.vercel.mutations = self.mutations
        self.on_change: Callable[[], None] = lambda: None
        self.vercel.on_change = self.supabase.on_change = self._changed
        self.switches.on_set = self._switched
        self.checkout: Checkout | None = None
        self.routes: list[BaseRoute] = [
            *vercel_routes(self.vercel, self.vercel_token),
            *supabase_routes(self.supabase, self.supabase_token),
            *status_routes(self.switches, now),
            *self.own_pages.routes,
            *prometheus_routes(self.switches, now),
            *github_routes(self.github, self.github_token),
            *Services(self.switches, self.vercel, self.database, self.vercel_bypass).routes,
            *ui.ui_routes(self),
        ]

    @property
    def dsn(self) -> str:
        """The owner's DSN of the practice database, "" when there is none."""
        return self.database.dsn

    @property
    def readonly_dsn(self) -> str:
        """The DSN of the role that can only read, "" when there is none."""
        return self.database.readonly_dsn

    @property
    def workdir(self) -> Path | None:
        return self.checkout.workdir if self.checkout else None

    def facts(self) -> list[tuple[str, str]]:
        """Titles and values for people: what is live, pinned, running, and changed last."""
        return ui.facts(self)

    async def start(self, directory: Path) -> None:
        """Start PostgreSQL with a fresh cluster under `directory` (about a second; `facts` say when it cannot)."""
        await asyncio.to_thread(self.database.start, directory)

    async def stop(self) -> None:
        """Stop PostgreSQL and remove its cluster."""
        await asyncio.to_thread(self.database.stop)

    def make_checkout(self, directory: Path, *, vercel_url: str = "") -> Checkout:
        """A practice checkout under `directory` whose tools obey the switches; what is in its way is replaced.

        `vercel_url` is this server's VERCEL_API_URL, for the practice `vercel`. Call it after `start`, so that the
        tools know the database. Blocks for about half a second.
        """
        self.checkout = make_checkout(directory)
        write_state(self.checkout, "dsn", self.database.dsn)
        write_state(self.checkout, "vercel_url", vercel_url)
        write_state(self.checkout, "vercel_token", self.vercel_token)
        write_state(self.checkout, "supabase_token", self.supabase_token)
        for one in self.switches.described():
            self._hand_to_tools(one["id"])
        self.vercel.adopt(tuple(Commit(*words) for words in self.checkout.commits))
        return self.checkout

    def _changed(self) -> None:
        self.on_change()

    def _switched(self, name: str) -> None:
        if name == "database_away":
            self.database.set_away(self.switches.database_away)
        self._hand_to_tools(name)

    def _hand_to_tools(self, name: str) -> None:
        one = next(one for one in self.switches.described() if one["id"] == name)
        if self.checkout and one["group"] == "Checkout":
            value = one["value"]
            write_state(self.checkout, name, str(value) if value is not False else "")
