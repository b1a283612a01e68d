"""`git.worktree` with real git: anew each time, several at once, at the approved commit, swept when unneeded."""

import asyncio
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.errors import Refusal
from bot.execution.shell import Command
from bot.integrations.statuspage.client import StatusCache
from bot.kinds import KINDS
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.runbook.load import bundled_path, load
from bot.runs.checkouts.worktrees import path_of
from bot.runs.inputs import Inputs
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps import shell, worktree
from bot.steps.shell import ShellStep
from bot.steps.worktree import GitWorktree
from bot.tools import Tools
from sandbox.neonpro.checkout import Checkout, make_checkout

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STEP = GitWorktree(id="update_branch", kind="git.worktree", text="Check out")
RUNBOOK = load(bundled_path(), {}).runbook


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return make_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def context(checkout: Checkout, tmp_path: Path) -> Iterator[Context]:
    client = httpx.AsyncClient()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    tools = Tools(
        client, SystemClock(), Masker(), StatusCache(client), workdir=checkout.workdir, environment=environment
    )
    run = Run(1, "deploy", KINDS["deploy"], RunState.ACTIVE, "", "Deploy", "U1", NOW, inputs=Inputs(ref="main"))
    record = StepRecord(1, STEP.id, "preparation", 0, StepState.STARTED, attempt=1)
    yield Context(run, record, RUNBOOK, RUNBOOK.procedure("deploy"), {STEP.id: record}, tools, tmp_path)
    asyncio.run(client.aclose())


def test_the_commands_of_a_step_share_its_time(context: Context) -> None:
    step = ShellStep(id="s", kind="shell", text="S", run=(("sleep", "60"),), timeout=timedelta(minutes=2))
    assert 100 < context.seconds_left(step) <= 120
    late = replace(context, began=time.monotonic() - 121)
    assert late.seconds_left(step) == 0
    hanging = Command(("sleep", "60"), context.data_dir, Path(), {})
    found = asyncio.run(shell.in_turn([hanging], step, late)).found
    assert re.match("sleep 60: timed out after [0-9]+ s", found)


def for_run(context: Context, number: int, **inputs: str) -> Context:
    return replace(context, run=replace(context.run, id=number, inputs=replace(context.run.inputs, **inputs)))


def git(directory: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=directory, check=True, capture_output=True, text=True).stdout.strip()


def printed(outcome: Outcome) -> str:
    return Path(outcome.output or "").read_text()


def spoil(path: Path) -> None:
    """As git leaves a checkout that it was killed in: without a commit."""
    about = Path((path / ".git").read_text().removeprefix("gitdir: ").strip())
    (about / "HEAD").write_text("0" * 40 + "\n")


async def test_it_is_made_anew_each_time(context: Context, checkout: Checkout) -> None:
    path = path_of(context.data_dir, 1)
    for _ in range(2):
        outcome = await worktree.run(STEP, context)
        assert isinstance(outcome, Done), outcome
        assert not (path / "left-over").exists()
        (path / "left-over").touch()
    assert outcome.detail == {"commit": checkout.commits[-1][0]}
    assert git(path, "status", "--porcelain") == "?? left-over"


async def test_what_a_kill_in_the_middle_left_is_no_obstacle(context: Context, checkout: Checkout) -> None:
    """Neither for the run itself nor for the others: git's own lock and a HEAD without a commit are left behind."""
    for left in (1, 2):
        assert isinstance(await worktree.run(STEP, for_run(context, left)), Done)
        git(checkout.workdir, "worktree", "lock", "--reason=initializing", str(path_of(context.data_dir, left)))
        spoil(path_of(context.data_dir, left))
    assert isinstance(await worktree.run(STEP, for_run(context, 2)), Done)
    assert not path_of(context.data_dir, 1).exists()


async def test_many_at_once_do_not_disturb_one_another(context: Context, checkout: Checkout) -> None:
    older = [sha for sha, _, _ in checkout.commits[-4:]]
    for _ in range(3):
        outcomes = await asyncio.gather(
            *(worktree.run(STEP, for_run(context, number, sha=sha)) for number, sha in enumerate(older, 11))
        )
        assert [outcome.detail.get("commit") for outcome in outcomes] == older, outcomes
    assert [git(path_of(context.data_dir, number), "rev-parse", "HEAD") for number in range(11, 15)] == older
    assert git(checkout.workdir, "status", "--porcelain") == ""


async def test_an_approved_commit_is_taken_wherever_the_branch_is(context: Context, checkout: Checkout) -> None:
    approved = checkout.commits[-3][0]
    outcome = await worktree.run(STEP, for_run(context, 2, sha=approved))
    assert outcome.detail == {"commit": approved}


async def test_a_branch_that_is_not_there_is_told_in_gits_words(context: Context) -> None:
    outcome = await worktree.run(STEP, for_run(context, 3, ref="no-such-branch"))
    assert isinstance(outcome, Failed)
    assert "couldn't find remote ref no-such-branch" in outcome.found


async def test_a_version_that_looks_like_an_option_is_not_one(context: Context, tmp_path: Path) -> None:
    outcome = await worktree.run(STEP, for_run(context, 4, ref=f"--upload-pack=touch {tmp_path}/owned"))
    assert isinstance(outcome, Failed)
    assert not (tmp_path / "owned").exists()


async def test_a_tag_is_a_version(context: Context, checkout: Checkout) -> None:
    git(checkout.workdir.parent / "origin.git", "tag", "v1", checkout.commits[-2][0])
    outcome = await worktree.run(STEP, for_run(context, 5, ref="v1"))
    assert outcome.detail == {"commit": checkout.commits[-2][0]}


async def test_commands_do_not_run_before_it_is_made(context: Context) -> None:
    step = ShellStep(id="build", kind="shell", text="Build", run=(("pwd",),))
    with pytest.raises(Refusal, match="This run has no checkout of its own: run “Update main branch” first"):
        await shell.run(step, context)


async def test_commands_run_in_it(context: Context) -> None:
    await worktree.run(STEP, context)
    made = replace(context, records={STEP.id: replace(context.record, state=StepState.DONE)})
    outcome = await shell.run(ShellStep(id="build", kind="shell", text="Build", run=(("pwd",),)), made)
    assert f"\n{path_of(context.data_dir, 1)}\n" in printed(outcome)
