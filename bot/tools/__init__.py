"""The tools that steps and health checks work with: a client for each system outside, None when it is not set up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.errors import Refusal
from bot.execution.mode import UNTOLD, Isolation
from bot.execution.plan import Ground
from bot.integrations.http.proxies import DIRECT, Proxies
from bot.integrations.integration import integrations
from bot.integrations.postgres.sql import ProductDatabase, Rows
from bot.integrations.statuspage.client import StatusCache
from bot.integrations.supabase.client import Supabase
from bot.machine.clock import Clock
from bot.masking import Masker
from bot.text import say
from bot.waking import Alone, Lease

C = TypeVar("C")


@dataclass(frozen=True)
class Tools:
    """What is there to work with. What is not set up is not there; asking for it says which setting is missing."""

    http: httpx.AsyncClient
    clock: Clock
    masker: Masker
    status_pages: StatusCache
    clients: Mapping[type[Any], Any] = field(default_factory=dict)
    workdir: Path | None = None
    environment: dict[str, str] | None = None
    lease: Lease = field(default_factory=Alone)
    proxies: Proxies = DIRECT
    isolation: Isolation = UNTOLD
    ground: Ground = field(default_factory=Ground)
    builds: Path | None = None
    """Where runs have their checkouts and homes; None = in the data directory."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def maybe(self, kind: type[C]) -> C | None:
        """The client of this class; None when it is not set up."""
        found: C | None = self.clients.get(kind)
        return found

    def client(self, kind: type[C]) -> C:
        """The client of this class, or a Refusal that names the setting."""
        found = self.maybe(kind)
        if found is None:
            raise Refusal(integrations()[kind].unset())
        return found

    @property
    def checkout(self) -> Path:
        """The work directory, or a Refusal that names the setting."""
        if self.workdir is None:
            raise Refusal(say("NEONOPS_WORKDIR is not set, so NeonOps has no checkout to run commands in."))
        return self.workdir

    def now(self) -> datetime:
        """The current instant."""
        return self.clock.now()

    async def sql(self, query: str, *, timeout_s: float) -> Rows:
        """Rows of a reading query, by NEONPRO_DATABASE_URL or else through Supabase's Management API."""
        supabase = self.maybe(Supabase)
        if supabase is None or self.maybe(ProductDatabase) is not None:
            return await self.client(ProductDatabase).query(query, timeout_s=timeout_s)
        began = self.clock.now()
        found = await supabase.query_read_only(query)
        took = (self.clock.now() - began).total_seconds() * 1000
        columns = tuple(found[0]) if found else ()
        return Rows(columns, tuple(tuple(row.values()) for row in found), took)


def first_value(rows: Rows) -> Any:
    """The value in the first row and column; None without rows."""
    return rows.rows[0][0] if rows.rows else None
