"""The tools that steps and health checks work with: a client for each system outside, None when it is not set up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bot.errors import Refusal
from bot.integrations.github.client import GitHub
from bot.integrations.http.proxies import DIRECT, Proxies
from bot.integrations.postgres.sql import Rows
from bot.integrations.postgres.sql import query as ask_database
from bot.integrations.prometheus.client import Prometheus
from bot.integrations.statuspage.client import StatusCache
from bot.integrations.supabase.client import Supabase
from bot.integrations.vercel import Vercel
from bot.isolation.mode import UNTOLD, Isolation
from bot.isolation.plan import Ground
from bot.machine.clock import Clock
from bot.masking import Masker
from bot.text import say
from bot.waking import Alone, Lease


@dataclass(frozen=True)
class Tools:
    """What is there to work with. `None` = not set up; asking for it says which setting is missing."""

    http: httpx.AsyncClient
    clock: Clock
    masker: Masker
    status_pages: StatusCache
    vercel_client: Vercel | None = None
    supabase: Supabase | None = None
    prometheus_client: Prometheus | None = None
    github_client: GitHub | None = None
    vercel_bypass: str | None = field(default=None, repr=False)
    database_url: str | None = None
    workdir: Path | None = None
    environment: dict[str, str] | None = None
    lease: Lease = field(default_factory=Alone)
    proxies: Proxies = DIRECT
    isolation: Isolation = UNTOLD
    ground: Ground = field(default_factory=Ground)
    builds: Path | None = None
    """Where runs have their checkouts and homes; None = in the data directory."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def vercel(self) -> Vercel:
        """Vercel, or a Refusal that names the setting."""
        if self.vercel_client is None:
            raise Refusal(say("VERCEL_TOKEN is not set, so NeonOps cannot ask Vercel."))
        return self.vercel_client

    @property
    def prometheus(self) -> Prometheus:
        """Prometheus, or a Refusal that names the setting."""
        if self.prometheus_client is None:
            raise Refusal(say("PROMETHEUS_URL is not set, so NeonOps cannot read metrics."))
        return self.prometheus_client

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
        if self.database_url:
            return await ask_database(self.database_url, query, timeout_s=timeout_s)
        if self.supabase is None:
            raise Refusal(say("NEONPRO_DATABASE_URL is not set, so NeonOps cannot ask the database."))
        began = self.clock.now()
        found = await self.supabase.query_read_only(query)
        took = (self.clock.now() - began).total_seconds() * 1000
        columns = tuple(found[0]) if found else ()
        return Rows(columns, tuple(tuple(row.values()) for row in found), took)


def first_value(rows: Rows) -> Any:
    """The value in the first row and column; None without rows."""
    return rows.rows[0][0] if rows.rows else None
