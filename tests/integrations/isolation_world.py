"""A bot's secrets and a run whose commands attack them, in each way of isolation that this machine allows."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bot.execution.files import remove
from bot.execution.mode import Isolation
from bot.execution.plan import ground_of
from bot.integrations.statuspage.client import StatusCache
from bot.kinds import KINDS
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.runbook.load import bundled_path, load
from bot.runs.checkouts.worktrees import path_of
from bot.runs.inputs import Inputs
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.outcome import Context, Done, Outcome
from bot.startup.isolation import allowed
from bot.steps import shell, worktree
from bot.steps.shell import ShellStep
from bot.steps.worktree import GitWorktree
from bot.tools import Tools
from sandbox.neonpro.checkout import Checkout

WAYS = {
    "own_root": Isolation(own_users=True, namespaces="root"),
    "users": Isolation(own_users=True),
    "own_user": Isolation(namespaces="user"),
}
POSSIBLE = [name for name in WAYS if allowed()[name] is None]
SECRET = "the-bots-own-secret"
STEP = GitWorktree(id="update_branch", kind="git.worktree", text="Check out")
RUNBOOK = load(bundled_path(), {}).runbook


@dataclass
class World:
    """`home`: what the bot has for itself; `bot`: a process with the bot's user and environment."""

    home: Path
    checkout: Checkout
    bot: subprocess.Popen[bytes]
    tools: Tools

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def builds(self) -> Path:
        return self.tools.builds or self.data

    def context(self, run_id: int, *, own: bool = True) -> Context:
        now = datetime(2026, 3, 1, tzinfo=UTC)
        run = Run(
            run_id, "deploy", KINDS["deploy"], RunState.ACTIVE, "", "Deploy", "U1", now, inputs=Inputs(ref="main")
        )
        record = StepRecord(run_id, STEP.id, "preparation", 0, StepState.DONE, attempt=1)
        records = {STEP.id: record} if own else {}
        return Context(run, record, RUNBOOK, RUNBOOK.procedure("deploy"), records, self.tools, self.data)

    async def check_out(self, run_id: int) -> Path:
        """The run's checkout, handed over to its commands."""
        assert isinstance(await worktree.run(STEP, self.context(run_id)), Done)
        await self.does(run_id, "true")
        return path_of(self.builds, run_id)

    async def there(self) -> Path:
        """The checkout of run 1, made once for all attacks that leave it as it is."""
        path = path_of(self.builds, 1)
        return path if path.exists() else await self.check_out(1)

    async def does(self, run_id: int, script: str, *, own: bool = True, **changes: object) -> Outcome:
        """Have a step of the run do this."""
        step = ShellStep(id="build", kind="shell", text="Build", run=(("bash", "-c", script),), idempotent=True)
        return await shell.run(step.model_copy(update=changes), self.context(run_id, own=own))

    async def says(self, run_id: int, script: str, *, own: bool = True) -> str:
        """What it prints."""
        return "\n" + printed(await self.does(run_id, script, own=own))

    def is_alive(self) -> bool:
        return self.bot.poll() is None


def printed(outcome: Outcome) -> str:
    """What the last command printed, without the line that names it."""
    return Path(outcome.output or "").read_text().rpartition("\n$ ")[2].partition("\n")[2]


@contextmanager
def world(way: Isolation, checkout: Checkout) -> Iterator[World]:
    """The bot's files as it makes them: for its user only, in a directory that others may pass through."""
    top = Path(tempfile.mkdtemp(prefix="neonops-isolation-"))
    top.chmod(0o755)
    home = top / "opt" / "bot"  # in a tree that commands may read, as below /opt
    (home / "data").mkdir(mode=0o700, parents=True)
    builds = top / "builds" if way.namespaces is None else home / "data"
    builds.mkdir(exist_ok=True)
    for name in (".env", "data/neonops.db", "data/backups/1/database.dump", "data/outputs/run-9/x.log"):
        (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / name).touch(mode=0o600)
        (home / name).write_text(SECRET)
    bot = subprocess.Popen(["sleep", "600"], env={"PATH": os.environ["PATH"], "KNOWN_TO_THE_BOT": SECRET})
    try:
        yield World(home, checkout, bot, _tools(way, home, builds, checkout))
    finally:
        bot.kill()
        bot.wait()
        remove(top)


def _tools(way: Isolation, home: Path, builds: Path, checkout: Checkout) -> Tools:
    client = httpx.AsyncClient()
    asyncio.run(client.aclose())
    ground = ground_of([home, Path.home(), checkout.workdir, builds], [home.parent], way)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "KNOWN_TO_THE_BOT": SECRET, "LANG": "C.UTF-8",
                   "TMPDIR": str(home), "GIVEN": "given"}  # fmt: skip
    return Tools(client, SystemClock(), Masker(), StatusCache(client), workdir=checkout.workdir,
                 environment=environment, isolation=way, ground=ground, builds=builds)  # fmt: skip
