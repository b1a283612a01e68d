"""The practice world in this process, and the bot as a process that is killed and started on the same database."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from crash_bot import BotProcess
from guards import GUARD_S
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from bot.domain import Domain
from bot.machine.clock import SystemClock
from bot.ports import Tx
from bot.settings import fixed_settings
from bot.startup.opening import open_domain
from handlers.slack.manifest import manifest
from sandbox import Sandbox
from sandbox.neonpro.checkout import Checkout
from sandbox.neonpro.vercel.deployments import Commit
from sandbox.serving import serve
from sandbox.slack import Limits
from sandbox.world import CHANNELS, team_file
from storage.database import SqlDatabase

T = TypeVar("T")
RUNBOOK = Path(__file__).with_name("runbook.yml")
HOOK = "/services/api/hook"
"""Where a step of a runbook may POST: it is only counted."""


def one_commit(directory: Path) -> Commit:
    """A repository of one commit, whose origin it is itself: what is deployed has to be a commit."""
    me = ("-c", "user.name=Rui", "-c", "user.email=rui@example.com", "-c", "init.defaultBranch=main")

    def git(*words: str) -> str:
        done = subprocess.run(["git", *me, *words], cwd=directory, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "First")
    git("remote", "add", "origin", str(directory))
    return Commit(git("rev-parse", "HEAD"), "First", "Rui")


@dataclass(frozen=True)
class Asked:
    """A request that came to Vercel to change something, whether it was granted or not; `at` in unix seconds."""

    kind: str
    at: float


class LightSandbox(Sandbox):
    """The practice world without what these tests have no use for: no PostgreSQL, an empty directory for a checkout."""

    async def start(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.on_answer: Callable[[], None] = lambda: None
        """Called when a request has been carried out, before its answer leaves."""
        self._world = Starlette(routes=[*self.slack.routes, *self.neonpro.routes])
        self._running = await serve(self._served, port=port)
        self.slack.url = self._running.url
        work, tools, state = (self.directory / name for name in ("work", "bin", "state"))
        work.mkdir(parents=True)
        self.neonpro.checkout = Checkout(work, tools, state, ())
        self.neonpro.vercel.adopt((one_commit(work),))
        (self.directory / "team.yml").write_text(team_file(), "utf-8")
        for channel in CHANNELS:
            await self.slack.invite("alice", channel, self.slack.bot_user_id)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "GET":
            self._hear(scope["path"])

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.on_answer()
            await send(message)

        taken = scope["path"] == HOOK and scope["type"] == "http"
        await (Response("ok") if taken else self._world)(scope, receive, answer)

    def _hear(self, path: str) -> None:
        """Keep what Vercel and the hook are asked to change."""
        if path.startswith("/vercel"):
            kind = next(each for each in ("promote", "rollback", "deployments") if f"/{each}" in path)
            self.asked.append(Asked(kind, time.time()))
        elif path == HOOK:
            self.asked.append(Asked("hook", time.time()))

    def count(self, kind: str) -> int:
        """How often it was asked for this change."""
        return sum(asked.kind == kind for asked in self.asked)


class CrashWorld:
    """A sandbox, the bot, and a look into the bot's database from outside."""

    def __init__(self, sandbox: LightSandbox, directory: Path, **more: str) -> None:
        environment = sandbox.environment() | {"NEONOPS_RUNBOOK": str(RUNBOOK)} | more
        self.sandbox, self.slack = sandbox, sandbox.slack
        self.bot = BotProcess(environment, directory / "bot")
        self.settings = fixed_settings(environment)
        self.domain: Domain = open_domain(self.settings, environment)
        self._database: SqlDatabase | None = None

    async def connected(self) -> None:
        """Return when Slack can reach the bot."""
        await self.slack.wait_for(lambda: self.slack.connections)

    async def kill(self) -> None:
        """Kill the bot; returns when Slack has seen it go, too."""
        await self.bot.kill()
        await self.slack.wait_for(lambda: not self.slack.connections)

    async def read(self, question: Callable[[Tx], T]) -> T:
        """Ask the bot's database, beside the bot."""
        self._database = self._database or SqlDatabase(self.settings.database, SystemClock(), str)
        return await self._database.read(question)

    async def until(self, holds: Callable[[Tx], Any], *, seconds: float = GUARD_S) -> None:
        """Wait until something holds in the database: of another process's commits nobody is told, so it is asked."""
        over = time.monotonic() + seconds
        while not await self.read(holds):
            assert time.monotonic() < over, f"not so after {seconds} s: {holds.__doc__}\n{self.bot.log()[-3000:]}"
            await asyncio.sleep(0.03)

    def close(self) -> None:
        if self._database:
            self._database.close()


@asynccontextmanager
async def crash_world(directory: Path, **more: str) -> AsyncIterator[CrashWorld]:
    """A world whose bot has not started yet."""
    sandbox = LightSandbox(directory / "sandbox", manifest(), limits=Limits(rates=False), speed=20)
    await sandbox.start()
    world = CrashWorld(sandbox, directory, **more)
    try:
        yield world
    finally:
        await world.bot.kill()
        world.close()
        await sandbox.stop()
