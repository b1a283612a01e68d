"""What the practice page shows and sets: `GET` and `POST /ui/neonpro`."""

import asyncio
from datetime import UTC, datetime
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.neonpro.switches import UnknownSwitch
from sandbox.neonpro.vercel.deployments import Project

if TYPE_CHECKING:
    from sandbox.neonpro.practice import PracticeNeonPro

LAST = 5  # mutations shown


def ui_routes(neonpro: "PracticeNeonPro") -> list[BaseRoute]:
    async def shown(request: Request) -> Response:
        return JSONResponse(state(neonpro))

    async def change(request: Request) -> Response:
        try:
            body = await request.json()
            # In a thread: taking the database away waits for PostgreSQL to stop.
            await asyncio.to_thread(neonpro.switches.set, str(body["id"]), body["value"])
        except UnknownSwitch as error:
            return JSONResponse({"ok": False, "error": "invalid_switch", "detail": str(error)}, 400)
        except (JSONDecodeError, KeyError, TypeError):
            return JSONResponse({"ok": False, "error": "invalid_json", "detail": "Send {id, value}."}, 400)
        neonpro.on_change()
        return JSONResponse(state(neonpro))

    return [Route("/ui/neonpro", shown, methods=["GET"]), Route("/ui/neonpro", change, methods=["POST"])]


def state(neonpro: "PracticeNeonPro") -> dict[str, Any]:
    facts = [{"title": title, "value": value} for title, value in neonpro.facts()]
    return {"ok": True, "switches": neonpro.switches.described(), "facts": facts}


def facts(neonpro: "PracticeNeonPro") -> list[tuple[str, str]]:
    """What is live, whether it is pinned, what the database does, and the last changes, newest first."""
    vercel, told = neonpro.vercel, []
    for name in vercel.projects:
        told += [(f"{name} live", _live(neonpro, name)), (f"{name} production", _pin(vercel.project(name)))]
    told += [("Database", _database(neonpro)), ("Checkout", str(neonpro.workdir or "none"))]
    for change in reversed(neonpro.mutations[-LAST:]):
        value = " ".join(filter(None, (change.kind, change.project, change.deployment, change.note)))
        told.append((_clock(change.at), value))
    return told


def _live(neonpro: "PracticeNeonPro", name: str) -> str:
    live = neonpro.vercel.live(name)
    broken = "" if neonpro.vercel.healthy(live) else " (broken)"
    return f"{live.id} {live.commit.sha[:7]} {live.commit.message}{broken}"


def _pin(project: Project) -> str:
    moving = f"; moving to {project.job.to_id}" if project.job and not project.job_done else ""
    if project.auto_assign:
        return "follows new deployments" + moving
    reason = f": {project.rollback.description}" if project.rollback and project.rollback.description else ""
    return f"pinned since {_clock(project.rollback.requested_at)}{reason}" if project.rollback else "pinned"


def _database(neonpro: "PracticeNeonPro") -> str:
    if neonpro.switches.database_away:
        return "away"
    return f"no PostgreSQL: {neonpro.database.problem}" if neonpro.database.problem else "PostgreSQL runs"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S UTC")
