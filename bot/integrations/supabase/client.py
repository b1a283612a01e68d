"""Supabase's Management API: whether the project is healthy, whether it can be restored, and read-only SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import AliasChoices, AliasPath, AwareDatetime, Field

from bot.integrations.http.api import Api, Pace, Params, Shape
from bot.text import say

SERVICES = ("db", "pooler", "auth", "rest", "storage", "realtime")
_HINT = "Check SUPABASE_ACCESS_TOKEN (expired?) and that its owner may see the project SUPABASE_PROJECT_REF."


class Backup(Shape):
    """One backup. `status`: COMPLETED, FAILED, PENDING, REMOVED, ARCHIVED or CANCELLED."""

    status: str
    inserted_at: AwareDatetime
    physical: bool = Field(False, validation_alias=AliasChoices("physical", "is_physical_backup"))


class Backups(Shape):
    """What can be restored. `restorable_until` is the newest moment that point-in-time recovery reaches."""

    pitr_enabled: bool = False
    walg_enabled: bool = False
    backups: tuple[Backup, ...] = ()
    restorable_from: AwareDatetime | None = Field(
        None, validation_alias=AliasPath("physical_backup_data", "earliest_physical_backup_date_unix")
    )
    restorable_until: AwareDatetime | None = Field(
        None, validation_alias=AliasPath("physical_backup_data", "latest_physical_backup_date_unix")
    )

    @property
    def newest(self) -> Backup | None:
        """The newest backup that was completed."""
        completed = [each for each in self.backups if each.status == "COMPLETED"]
        return max(completed, key=lambda each: each.inserted_at, default=None)

    def age(self, now: datetime) -> timedelta | None:
        """How much would be lost by restoring now; None when there is nothing to restore from."""
        moments = [self.newest.inserted_at] if self.newest else []
        if self.pitr_enabled and self.restorable_until:
            moments.append(self.restorable_until)
        return now - max(moments) if moments else None


class ServiceHealth(Shape):
    """One part of the project. `status`: ACTIVE_HEALTHY, COMING_UP or UNHEALTHY."""

    name: str
    status: str
    error: str | None = None

    @property
    def healthy(self) -> bool:
        return self.status == "ACTIVE_HEALTHY"


class _Project(Shape):
    status: str


class Supabase:
    """One Supabase project."""

    def __init__(
        self, client: httpx.AsyncClient, *, base_url: str, token: str, project_ref: str, pace: Pace | None = None
    ) -> None:
        self._api = Api(client, "Supabase", base_url, token, say(_HINT), pace=pace or Pace())
        self.project_ref = project_ref
        self._path = f"/v1/projects/{quote(project_ref, safe='')}"
        self._what = say("the project {id}", id=project_ref)

    async def backups(self) -> Backups:
        """Its backups and whether point-in-time recovery is on."""
        response = await self._api.read(f"{self._path}/database/backups", what=self._what)
        return self._api.shaped(Backups, response)

    async def health(self, services: Sequence[str] = SERVICES, *, timeout_ms: int = 5000) -> tuple[ServiceHealth, ...]:
        """The state of each service, as Supabase itself sees it within `timeout_ms`."""
        params: Params = {"services": list(services), "timeout_ms": timeout_ms}
        response = await self._api.read(f"{self._path}/health", params=params, what=self._what)
        return self._api.shaped(tuple[ServiceHealth, ...], response)

    async def status(self) -> str:
        """Where the project stands: ACTIVE_HEALTHY, RESTORING, RESTORE_FAILED, COMING_UP, INACTIVE …"""
        return self._api.shaped(_Project, await self._api.read(self._path, what=self._what)).status

    async def restore_pitr(self, moment: int) -> None:
        """Ask once for the project to go back to a moment (Unix seconds): it goes away, and comes back so.

        Raises:
            Ambiguous: the answer was lost; only the project's status and its dashboard can tell.
        """
        path, body = f"{self._path}/database/backups/restore-pitr", {"recovery_time_target_unix": moment}
        await self._api.change("POST", path, action=say("restore {what}", what=self._what), body=body)

    async def query_read_only(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[dict[str, Any], ...]:
        """The rows of a query, run as `supabase_read_only_user`: table names need their schema."""
        body = {"query": sql, **({"parameters": list(parameters)} if parameters else {})}
        response = await self._api.read(
            f"{self._path}/database/query/read-only", method="POST", body=body, what=self._what
        )
        return self._api.shaped(tuple[dict[str, Any], ...], response)
