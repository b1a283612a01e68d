"""A practice NeonPro behind a real server in a thread of its own, with a clock that tests move."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from guards import GUARD_S
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.neonpro import PracticeNeonPro
from sandbox.serving import serve

API, WEB = "neonpro-api", "neonpro-web"
BUILD_SECONDS, ALIAS_SECONDS = 100.0, 20.0


class Clock:
    def __init__(self) -> None:
        self.at = 1_770_000_000.0

    def __call__(self) -> float:
        return self.at

    def pass_build(self) -> None:
        self.at += BUILD_SECONDS

    def pass_alias(self) -> None:
        self.at += ALIAS_SECONDS


class World:
    """`vercel`, `supabase` and `plain` are clients of the three kinds of address."""

    def __init__(self, neonpro: PracticeNeonPro, clock: Clock, url: str) -> None:
        self.neonpro, self.clock, self.url = neonpro, clock, url
        self.switches = neonpro.switches
        self.plain = httpx.Client(base_url=url, verify=False)
        self.vercel = _client(url + "/vercel", neonpro.vercel_token)
        self.supabase = _client(f"{url}/supabase/v1/projects/{neonpro.supabase_ref}", neonpro.supabase_token)

    def project(self, name: str = API) -> dict[str, Any]:
        return self.vercel.get(f"/v9/projects/{name}?rollbackInfo=true").raise_for_status().json()

    def live(self, name: str = API) -> str:
        return self.project(name)["targets"]["production"]["id"]

    def deployments(self, **query: Any) -> list[dict[str, Any]]:
        asked = {"projectId": API, "target": "production"} | query
        return self.vercel.get("/v7/deployments", params=asked).raise_for_status().json()["deployments"]

    def candidates(self) -> list[str]:
        found = self.deployments(state="READY", rollbackCandidate="true")
        return [one["uid"] for one in found]

    def deploy(self, **body: Any) -> httpx.Response:
        source = {"type": "github", "org": "neonpro", "repo": "neonpro", "ref": "main"}
        asked = {"name": API, "project": API, "target": "production", "gitSource": source} | body
        return self.vercel.post("/v13/deployments?forceNew=1", json=asked)

    def roll_back(self, deployment: str, **query: str) -> httpx.Response:
        return self.vercel.post(f"/v1/projects/{API}/rollback/{deployment}", params=query)

    def promote(self, deployment: str) -> httpx.Response:
        return self.vercel.post(f"/v10/projects/{API}/promote/{deployment}", json={})

    def supabase_status(self) -> str:
        path = f"/supabase/v1/projects/{self.neonpro.supabase_ref}"
        answer = self.plain.get(path, headers={"Authorization": f"Bearer {self.neonpro.supabase_token}"})
        return answer.raise_for_status().json()["status"]

    def acted(self) -> list[str]:
        return [one.kind for one in self.neonpro.mutations]

    def close(self) -> None:
        for client in (self.plain, self.vercel, self.supabase):
            client.close()


# Reading the certificates takes longer than a test, and no address here is an https one: hence verify=False.
def _client(base_url: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, verify=False)


class Stage:
    """A server at `url` for one practice NeonPro after another."""

    def __init__(self) -> None:
        self.url = ""
        self.app: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextmanager
def world(stage: Stage) -> Iterator[World]:
    clock = Clock()
    neonpro = PracticeNeonPro(build_seconds=BUILD_SECONDS, alias_seconds=ALIAS_SECONDS, now=clock)
    stage.app = Starlette(routes=neonpro.routes)
    made = World(neonpro, clock, stage.url)
    yield made
    made.close()


@contextmanager
def staged() -> Iterator[Stage]:
    """A server that runs until the block ends."""
    stage, listening, loops = Stage(), threading.Event(), []
    ending = asyncio.Event()

    async def main() -> None:
        running = await serve(stage)
        stage.url = running.url
        loops.append(asyncio.get_running_loop())
        listening.set()
        await ending.wait()
        await running.stop()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert listening.wait(GUARD_S), "the practice server did not start"
    try:
        yield stage
    finally:
        loops[0].call_soon_threadsafe(ending.set)
        thread.join()
