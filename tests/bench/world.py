"""What is measured in: a practice Slack and NeonPro in this process, the bot in one of its own."""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from handlers.slack.manifest import manifest
from sandbox.neonpro import PracticeNeonPro
from sandbox.serving import Running, serve
from sandbox.slack import Limits, PracticeSlack
from sandbox.slack.channels import Channel, Message
from sandbox.world import CHANNELS, PEOPLE, team_file
from tests.bench.processes import NEONOPS, Process, until

START_LIMIT = 60.0
"""Seconds that a bot may take to connect before the benchmark gives up."""


class World:
    """A workspace of its own, with Slack's rate limits off unless `limits` says otherwise."""

    def __init__(self, directory: Path, limits: Limits | None = None) -> None:
        directory.mkdir(parents=True)
        self.directory = directory
        chosen = limits or Limits(rates=False)
        self.slack = PracticeSlack(manifest=manifest(), people=PEOPLE, channels=CHANNELS, limits=chosen)
        self.neonpro = PracticeNeonPro(build_seconds=0.5, alias_seconds=0.2)
        self.extra: dict[str, str] = {}
        """Settings beside those of `environment()`."""
        self._running: Running | None = None

    async def start(self, *routes: BaseRoute) -> None:
        """Serve it, with more routes beside Slack's and NeonPro's."""
        app = Starlette(routes=[*routes, *self.slack.routes, *self.neonpro.routes])
        self._running = await serve(app)
        self.slack.url = self._running.url
        (self.directory / "team.yml").write_text(team_file(), "utf-8")
        for channel in CHANNELS:
            await self.slack.invite("alice", channel, self.slack.bot_user_id)

    async def stop(self) -> None:
        """Stop serving."""
        await self.slack.close()
        if self._running:
            await self._running.stop()

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.slack.url

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.directory / "data" / "neonops.db"

    def environment(self) -> dict[str, str]:
        """A bot's whole environment: nothing of this process's settings reaches it."""
        url = self.url
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.directory),
            "LANG": "C.UTF-8",
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": f"{url}/api/",
            "NEONOPS_DATA_DIR": str(self.directory / "data"),
            "NEONOPS_TEAM": str(self.directory / "team.yml"),
            "VERCEL_TOKEN": self.neonpro.vercel_token,
            "VERCEL_API_URL": f"{url}/vercel",
            "NEONPRO_API_URL": f"{url}/services/api",
            "NEONPRO_WEB_URL": f"{url}/services/web",
            "VERCEL_STATUS_URL": f"{url}/status/vercel",
            "SUPABASE_STATUS_URL": f"{url}/status/supabase",
            "GITHUB_STATUS_URL": f"{url}/status/github",
            **self.extra,
        }

    async def connect(self, *argv: str, name: str = "bot") -> tuple[Process, float]:
        """Start a program that connects; the process, and the seconds from spawn to its socket's hello."""
        began = time.perf_counter()
        process = await Process.start(*argv, env=self.environment(), directory=self.directory, name=name)
        try:
            await self.slack.wait_for(lambda: self.slack.connections > 0, timeout=START_LIMIT)
        except TimeoutError:
            await process.stop()
            raise RuntimeError(f"{name} did not connect: {process.last_words()}") from None
        return process, time.perf_counter() - began

    async def connect_bot(self) -> tuple[Process, float]:
        """Start `neonops run` and wait until it says that it is up; the seconds are those to its connection."""
        process, seconds = await self.connect(NEONOPS, "run")
        await until(lambda: process.says('"started"'), START_LIMIT)
        return process, seconds

    async def declare(self, text: str = "p1 Checkout is down") -> tuple[Channel, Message]:
        """Declare an incident; its channel and its first card."""
        known = {channel.id for channel in self.slack.channels()}
        ack = await self.slack.command("alice", "devops", "/incident", text)
        if not ack.ok:
            raise RuntimeError(f"/incident {text}: {ack.error}")
        return await self.slack.wait_for(lambda: self._card(known), timeout=30)

    def _card(self, known: set[str]) -> tuple[Channel, Message]:
        """The first message in a channel that is new; LookupError while there is none."""
        made = [channel for channel in self.slack.channels() if channel.id not in known and not channel.is_im]
        found = [(channel, message) for channel in made for message in self.slack.messages(channel.id)]
        return found[0]


@asynccontextmanager
async def world(
    directory: Path, *routes: BaseRoute, limits: Limits | None = None, extra: Mapping[str, str] | None = None
) -> AsyncIterator[World]:
    """A world that is served while the block runs."""
    made = World(directory, limits)
    made.extra.update(extra or {})
    await made.start(*routes)
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def bot(of: World) -> AsyncIterator[Process]:
    """The connected bot; it must end cleanly."""
    process, _ = await of.connect_bot()
    try:
        yield process
    finally:
        code = await process.stop()
    if code:
        raise RuntimeError(f"the bot ended with {code}: {process.last_words()}")
