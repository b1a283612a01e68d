"""Fakes: functions from request to response, and a time that passes only when it is slept."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from bot.integrations.http.api import Pace

T = TypeVar("T")
Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class FakeTime:
    """Sleeping moves the clock and nothing else."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now

    def pace(self, **changes: Any) -> Pace:
        return Pace(sleep=self.sleep, clock=self.clock, **changes)


@dataclass
class Server:
    """Answers `GET /path` by its steps in turn, the last one for ever; what was asked is in `requests`."""

    routes: dict[str, list[Step]]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        steps = self.routes.get(f"{request.method} {request.url.path}")
        if steps is None:
            return httpx.Response(404, json={"error": {"code": "not_found", "message": "Not found"}})
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx.Response) else step(request)

    def asked(self) -> list[str]:
        return [f"{each.method} {each.url.path}" for each in self.requests]

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


def serving(**routes: Any) -> Server:
    """A server for one path, `any`, or for the given `GET /path` names."""
    return Server({name: list(steps) if isinstance(steps, list | tuple) else [steps] for name, steps in routes.items()})


def run(main: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(main)


def ok(body: Any = None, status: int = 200, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """A fresh answer for each request."""
    return lambda _request: httpx.Response(
        status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def project(**changes: Any) -> dict[str, Any]:
    """Vercel's project, with production `dpl_old` and no promote or rollback yet."""
    return {
        "id": "prj_1",
        "name": "neonpro-api",
        "targets": {"production": {"id": "dpl_old"}},
        "autoAssignCustomDomains": True,
        "lastAliasRequest": None,
        "rollbackDescription": None,
        **changes,
    }


def alias(to: str, status: str, at: datetime = NOON, kind: str = "promote") -> dict[str, Any]:
    """Vercel's `lastAliasRequest`."""
    return {
        "fromDeploymentId": "dpl_old",
        "toDeploymentId": to,
        "jobStatus": status,
        "requestedAt": ms(at),
        "type": kind,
    }


def deployment(id: str, *, at: datetime = NOON, **changes: Any) -> dict[str, Any]:
    """One row of Vercel's list of deployments."""
    return {
        "uid": id,
        "name": "neonpro-api",
        "projectId": "prj_1",
        "url": f"{id}.vercel.app",
        "readyState": "READY",
        "readySubstate": "PROMOTED",
        "target": "production",
        "createdAt": ms(at),
        "meta": {},
        **changes,
    }
