"""The practice Supabase Management API under /supabase, for `SUPABASE_API_URL`.

Queries are real: they run on the practice PostgreSQL as the role that can only read. A restore takes the database away
for a few seconds, in which the project says RESTORING, and brings it back; no row changes.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.database.tables import Database, DatabaseRefused
from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.mutations import Mutation
from sandbox.neonpro.switches import Switches

DAY = 86_400
SERVICES = ("db", "pooler", "auth", "rest", "storage", "realtime")
NEEDS_DATABASE = ("db", "pooler", "auth", "rest")


class SupabaseError(Exception):
    """What Supabase answers instead: an HTTP status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Supabase:
    """One project, `ref`, with its backups, its health and its restores."""

    def __init__(
        self, switches: Switches, database: Database, *, ref: str, now: Callable[[], float], restore_seconds: float
    ) -> None:
        self.switches, self.database, self.ref, self.now = switches, database, ref, now
        self.restore_seconds = restore_seconds
        self.mutations: list[Mutation] = []
        self.on_change: Callable[[], None] = lambda: None
        self.points: list[dict[str, str]] = []
        self._back_at = 0.0
        self._away: asyncio.Task[None] | None = None

    @property
    def status(self) -> str:
        if self._away is not None and not self._away.done():
            return "RESTORING"
        return "INACTIVE" if self.switches.database_away else "ACTIVE_HEALTHY"

    def project(self) -> dict[str, Any]:
        database = {"host": f"db.{self.ref}.supabase.co", "version": "18.4", "postgres_engine": "18"}
        return {
            "id": self.ref,
            "ref": self.ref,
            "organization_id": "neonpro",
            "name": "neonpro",
            "region": "sa-east-1",
            "created_at": "2025-03-10T12:00:00Z",
            "status": self.status,
            "database": database | {"release_channel": "ga"},
        }

    def health(self, services: list[str]) -> list[dict[str, Any]]:
        """One entry a service. Raises SupabaseError 400 for one that does not exist."""
        unknown = [one for one in services if one not in SERVICES]
        if unknown or not services:
            raise SupabaseError(400, f"services must each be one of the following values: {', '.join(SERVICES)}")
        return [self._health(one) for one in services]

    def backups(self) -> dict[str, Any]:
        """Point-in-time recovery is on; how fresh it is follows from the switch."""
        age = {"fresh": 90, "stale": 26 * 3600, "none": 0}[self.switches.backups]
        on, newest = self.switches.backups != "none", int(self.now()) - age
        daily = [_backup(number, newest - number * DAY) for number in range(7)] if on else []
        physical = {"earliest_physical_backup_date_unix": newest - 7 * DAY, "latest_physical_backup_date_unix": newest}
        data = physical if on else {}
        known = {"region": "sa-east-1", "walg_enabled": on, "pitr_enabled": on}
        return known | {"backups": daily, "physical_backup_data": data}

    def restore(self, body: dict[str, Any]) -> None:
        """Record a point-in-time restore. Raises SupabaseError 400 when the time is not one it can go back to."""
        target = body.get("recovery_time_target_unix")
        span = self.backups()["physical_backup_data"]
        if type(target) is not int or not span:
            raise SupabaseError(400, "recovery_time_target_unix must be an integer number, and PITR must be enabled")
        if not span["earliest_physical_backup_date_unix"] <= target <= span["latest_physical_backup_date_unix"]:
            raise SupabaseError(400, "recovery_time_target_unix is outside of the recovery window")
        self._back_at = self.now() + self.restore_seconds
        self._record("restore-pitr", str(target))

    async def settled(self) -> None:
        """Return when a restore whose time is over has brought the database back."""
        if self._away is not None and self.now() >= self._back_at:
            await self._away

    async def go_away(self) -> None:
        """What a restore in place does: the database goes away, and after a while it is back. No row changes."""
        await asyncio.to_thread(self.database.set_away, True)
        self._away = asyncio.create_task(self._come_back())

    async def _come_back(self) -> None:
        while self.now() < self._back_at:  # noqa: ASYNC110 - the clock may be one that tests move
            await asyncio.sleep(0.02)
        await asyncio.to_thread(self.database.set_away, self.switches.database_away)
        self.on_change()

    def mark(self, body: dict[str, Any]) -> dict[str, str]:
        """Make a named restore point. Raises SupabaseError 400 for a name it does not take."""
        name = body.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= 20:
            raise SupabaseError(400, "name must be shorter than or equal to 20 characters")
        self.points.append({"name": name, "status": "AVAILABLE"})
        self._record("restore-point", name)
        return self.points[-1]

    def _health(self, service: str) -> dict[str, Any]:
        bad = self.switches.database_away and service in NEEDS_DATABASE
        bad = bad or (service == "auth" and self.switches.auth_fails)
        status = "UNHEALTHY" if bad else "COMING_UP" if self.status == "RESTORING" else "ACTIVE_HEALTHY"
        shown: dict[str, Any] = {"name": service, "status": status, "healthy": status == "ACTIVE_HEALTHY"}
        return shown | ({"error": "Failed to connect to the service"} if bad else {})

    def _record(self, kind: str, note: str) -> None:
        self.mutations.append(Mutation(kind, self.ref, None, self.now(), note))
        self.on_change()


def _backup(number: int, at: float) -> dict[str, Any]:
    made = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return {"id": 9000 - number, "is_physical_backup": True, "status": "COMPLETED", "inserted_at": made}


Endpoint = Callable[[Supabase, Request], Awaitable[Response]]


def supabase_routes(supabase: Supabase, token: str) -> list[BaseRoute]:
    """The routes; every one of them wants the bearer token."""
    paths: dict[tuple[str, str], Endpoint] = {
        ("GET", ""): _project,
        ("GET", "/health"): _health,
        ("GET", "/database/backups"): _backups,
        ("GET", "/database/backups/restore-point"): _points,
        ("POST", "/database/backups/restore-point"): _mark,
        ("POST", "/database/backups/restore-pitr"): _restore,
        ("POST", "/database/query/read-only"): _query,
    }
    return [
        Route(f"/supabase/v1/projects/{{ref}}{path}", _guarded(supabase, token, endpoint), methods=[method])
        for (method, path), endpoint in paths.items()
    ]


def _guarded(supabase: Supabase, token: str, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"message": "Unauthorized"}, 401)
        if request.path_params["ref"] != supabase.ref:
            return JSONResponse({"message": "Project not found"}, 404)
        try:
            return await endpoint(supabase, request)
        except SupabaseError as error:
            return JSONResponse({"message": error.message}, error.status)

    return answered


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise SupabaseError(400, "The body must be a JSON object")
    return body


async def _project(supabase: Supabase, request: Request) -> Response:
    await supabase.settled()
    return JSONResponse(supabase.project())


async def _health(supabase: Supabase, request: Request) -> Response:
    asked = [one for given in request.query_params.getlist("services") for one in given.split(",")]
    return JSONResponse(supabase.health(asked))


async def _backups(supabase: Supabase, request: Request) -> Response:
    return JSONResponse(supabase.backups())


async def _points(supabase: Supabase, request: Request) -> Response:
    return JSONResponse(supabase.points[-1] if supabase.points else None)


async def _mark(supabase: Supabase, request: Request) -> Response:
    return JSONResponse(supabase.mark(await _body(request)), 201)


async def _restore(supabase: Supabase, request: Request) -> Response:
    supabase.restore(await _body(request))
    await supabase.go_away()
    return Lost() if supabase.switches.restore_answer == "lost" else Response(status_code=201)


async def _query(supabase: Supabase, request: Request) -> Response:
    query = (await _body(request)).get("query")
    if not isinstance(query, str) or not query.strip():
        raise SupabaseError(400, "query must be a string")
    try:
        rows = await supabase.database.read(query)
    except DatabaseRefused as error:
        raise SupabaseError(400, f"Failed to run sql query: {error}") from error
    return Response(json.dumps(rows, default=str), 201, media_type="application/json")
