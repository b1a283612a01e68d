"""NeonPro's own endpoints: `/services/{api|web}/…` by what is live, `/deployments/{dpl}/…` for one deployment.

Every answer says which deployment gave it, in the header `x-deployment-id` and in a JSON body's `deployment`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.database.tables import Database, DatabaseRefused
from sandbox.neonpro.lost_answers import Lost
from sandbox.neonpro.switches import Switches
from sandbox.neonpro.vercel.deployments import Deployment
from sandbox.neonpro.vercel.errors import VercelError
from sandbox.neonpro.vercel.state import Vercel

Check = dict[str, Any]
_SCRIPTS = {
    "/assets/main.js": "console.info('NeonPro {version}');\n",
    "/sw.js": "self.addEventListener('install', () => self.skipWaiting()); // {version}\n",
}


class Services:
    """Answers for the API and the web application as the switches, the live release and the database have it."""

    def __init__(self, switches: Switches, vercel: Vercel, database: Database, bypass: str) -> None:
        self.switches, self.vercel, self.database, self.bypass = switches, vercel, database, bypass
        self.routes: list[BaseRoute] = [
            Route("/services/{service}/{path:path}", self._live),
            Route("/deployments/{deployment}/{path:path}", self._built),
            Route("/deployments/{deployment}", self._built),
        ]
        self._answered = 0
        self._endpoints: dict[tuple[str, str], Callable[[], Awaitable[dict[str, Check]]]] = {
            ("api", "/health"): self._overall,
            ("api", "/api/health"): self._overall,
            ("api", "/api/health/database"): self._database,
            ("api", "/api/health/ai"): self._ai,
            ("api", "/api/health/auth"): self._auth,
            ("api", "/api/chat/health"): self._ai,
            ("web", "/api/health"): self._web,
        }

    async def _live(self, request: Request) -> Response:
        service = request.path_params["service"]
        if service not in ("api", "web"):
            return PlainTextResponse("The deployment could not be found\n\nDEPLOYMENT_NOT_FOUND\n", 404)
        live = self.vercel.live(f"neonpro-{service}")
        return await self._answer(live, "/" + request.path_params["path"], live.healthy_live)

    async def _built(self, request: Request) -> Response:
        try:
            built = self.vercel.deployment(request.path_params["deployment"])
        except VercelError:
            return _vercel_page("DEPLOYMENT_NOT_FOUND", 404)
        if not built.ready(self.vercel.now()):
            return _vercel_page(f"DEPLOYMENT_{built.state(self.vercel.now())}", 404)
        if self.switches.builds_protected and request.headers.get("x-vercel-protection-bypass") != self.bypass:
            return PlainTextResponse("Authentication Required\n", 401, headers={"server": "Vercel"})
        return await self._answer(built, "/" + request.path_params.get("path", ""), True)

    async def _answer(self, built: Deployment, path: str, well: bool) -> Response:
        service = built.project.removeprefix("neonpro-")
        await asyncio.sleep(self.switches.slow_ms / 1000)
        reachable = self.switches.api if service == "api" else self.switches.web
        if reachable == "unreachable":
            return Lost()
        if reachable == "down":
            return _said(built, {"service": _error("the service is down")}, 503)
        if self._is_unlucky():
            return _said(built, {"request": _error("internal server error")}, 500)
        if not (well and self.vercel.healthy(built)):
            return _said(built, {"release": _error("TypeError: Cannot read properties of undefined")}, 500)
        return await self._served(built, service, path)

    async def _served(self, built: Deployment, service: str, path: str) -> Response:
        if service == "web" and path in _SCRIPTS:
            text = _SCRIPTS[path].replace("{version}", built.commit.sha[:7])
            return Response(text, media_type="text/javascript", headers=_headers(built))
        endpoint = self._endpoints.get((service, path))
        if endpoint is None:
            return PlainTextResponse("Not found\n", 404, headers=_headers(built))
        checks = await endpoint()
        return _said(built, checks, 503 if _status(checks) == "error" else 200)

    def _is_unlucky(self) -> bool:
        # Spread evenly, not drawn: at 25 % exactly every fourth answer fails.
        before, self._answered = self._answered, self._answered + 1
        return self._answered * self.switches.error_rate // 100 > before * self.switches.error_rate // 100

    async def _overall(self) -> dict[str, Check]:
        others = (await self._ai()) | (await self._auth())
        minor = {name: one | {"critical": False} for name, one in others.items()}
        return (await self._database()) | minor

    async def _database(self) -> dict[str, Check]:
        if self.switches.database_fails:
            return {"database": _error("remaining connection slots are reserved")}
        if not self.database.running:
            gone = self.switches.database_away
            return {"database": _error("connection refused") if gone else {"status": "ok", "simulated": True}}
        try:
            took_ms, users = await self.database.ping()
        except DatabaseRefused as error:
            return {"database": _error(str(error).splitlines()[0])}
        return {"database": {"status": "ok", "latency_ms": took_ms, "users": users}}

    async def _ai(self) -> dict[str, Check]:
        return {"ai": _error("the AI provider answers 529") if self.switches.ai_fails else {"status": "ok"}}

    async def _auth(self) -> dict[str, Check]:
        return {"auth": _error("the JWKS could not be read") if self.switches.auth_fails else {"status": "ok"}}

    async def _web(self) -> dict[str, Check]:
        return {"assets": {"status": "ok"}}


def _error(reason: str) -> Check:
    return {"status": "error", "error": reason}


def _status(checks: dict[str, Check]) -> str:
    failed = [one for one in checks.values() if one["status"] == "error"]
    if any(one.get("critical", True) for one in failed):
        return "error"
    return "degraded" if failed else "ok"


def _said(built: Deployment, checks: dict[str, Check], code: int) -> Response:
    body = {
        "status": _status(checks),
        "service": built.project,
        "version": built.commit.sha[:7],
        "deployment": built.id,
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "checks": checks,
    }
    return JSONResponse(body, code, headers=_headers(built))


def _headers(built: Deployment) -> dict[str, str]:
    return {"x-deployment-id": built.id, "server": "Vercel", "cache-control": "no-store"}


def _vercel_page(code: str, status: int) -> Response:
    return PlainTextResponse(f"{code}\n", status, headers={"x-vercel-error": code})
