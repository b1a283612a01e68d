"""The whole bot runs a build that attacks it: nothing of the bot comes into the output, and the run goes on."""

import os
from pathlib import Path

import pytest

from bot.runs.model import StepState
from bot.startup.isolation import find_isolation
from whole.runbooks import runbook
from whole.workspace import Workspace

CHECKOUT = {"id": "own", "kind": "git.worktree", "text": "Check out"}
ATTACK = """
head -c 15 {data}/neonops.db; echo; cat {data}/outputs/*/*; cat {other}/README.md; ls {data} {data}/worktrees
tr '\\0' '\\n' < /proc/{pid}/environ; cat /proc/{pid}/maps; cat {clone}/.env {team}
for signal in INT TERM KILL; do kill -$signal {pid}; done
echo broken > {data}/neonops.db; rm -rf {data} {clone} 2> /dev/null; setsid sleep 3210 &
echo the end
"""


def attack(workspace: Workspace) -> str:
    """A script against this bot, this process: it holds what the bot knows, as `neonops run` would."""
    data = workspace.bot.settings.data_dir
    return ATTACK.format(
        data=data, pid=os.getpid(), other=data / "worktrees" / "run-1", clone=workspace.neonpro.workdir,
        team=workspace.bot.settings.team,
    )  # fmt: skip


async def use(workspace: Workspace) -> None:
    step = {"id": "attack", "kind": "shell", "text": "Attack", "run": [["bash", "-c", attack(workspace)]]}
    phases = [{"id": "work", "title": "Work", "mode": "sequence", "steps": [CHECKOUT, step, {"id": "p", "text": "P"}]}]
    path = workspace.world.directory / "own.yml"
    path.write_text(runbook([{"id": "work", "kind": "incident", "title": "Work", "phases": phases}]), "utf-8")
    await workspace.restart(NEONOPS_RUNBOOK=str(path))


async def attacked(workspace: Workspace, run_id: int) -> str:
    async def over() -> bool:
        return (await workspace.step("attack", run_id)).state in (StepState.DONE, StepState.FAILED)

    await workspace.declare_soon("p1 Built")
    await workspace.until(over, 40)
    return last_printed((await workspace.step("attack", run_id)).output)


def last_printed(output: str | None) -> str:
    """What the last command printed, behind the line that names it."""
    return Path(output or "").read_text().rpartition("sleep 3210")[2]


@pytest.mark.skipif(not find_isolation(Path("/usr")).confined, reason="this machine allows no isolation")
async def test_a_build_that_attacks_the_bot_gets_nothing(workspace: Workspace) -> None:
    workdir = workspace.neonpro.workdir
    assert workdir
    await use(workspace)
    await attacked(workspace, 1)
    printed = await attacked(workspace, 2)
    assert "\nthe end\n" in printed
    for leak in ("SQLite format", "NeonPro", "PATH=", "r-xp", "DATABASE_URL", "alice@"):
        assert leak not in printed, printed
    assert (workspace.bot.settings.data_dir / "neonops.db").read_bytes().startswith(b"SQLite format 3")
    assert (workdir / "package.json").exists()
    assert await workspace.timeline_is_whole()
