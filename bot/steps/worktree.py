"""`git.worktree`: a checkout of the run's own at its commit, so that no run sees another's files."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

from bot.errors import Refusal
from bot.execution.files import remove
from bot.runbook.base import Duration
from bot.runbook.steps import Step, StepKind
from bot.runs.checkouts.directories import builds_of, make_roots, mark_of
from bot.runs.checkouts.worktrees import path_of, ref_of
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps.shell import in_turn
from bot.text import say
from bot.tools.git.client import alone, git, git_bytes, git_command


class GitWorktree(Step):
    """A fresh checkout of the run's own, in which its shell steps run: `git worktree` of NEONOPS_WORKDIR.

    It is made at the approved commit, else at the newest of the branch that was asked for, and taken away when the run
    ends; of runs that failed, a few are kept for a day. Running the step again makes it anew.
    """

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    makes_checkout: ClassVar[bool] = True
    kind: Literal["git.worktree"]
    timeout: Duration = timedelta(minutes=5)

    @property
    def programs(self) -> tuple[str, ...]:
        return ("git",)


async def run(step: GitWorktree, context: Context) -> Outcome:
    """Fetch the commit, then make the checkout, in the place of any that an earlier attempt left."""
    repository = context.tools.checkout
    await _check(repository, context)
    async with alone(repository):
        await _tidy(context)
        return await _make(step, context, path_of(builds_of(context.tools, context.data_dir), context.run.id))


async def _make(step: GitWorktree, context: Context, path: Path) -> Outcome:
    await asyncio.to_thread(remove, path)
    mark_of(path).unlink(missing_ok=True)
    await asyncio.to_thread(make_roots, context.tools, path.parent.parent)
    ref = ref_of(context.run.id)
    fetch = ("fetch", "--no-tags", "--no-write-fetch-head", "--force", "--", "origin", f"{_wanted(context)}:{ref}")
    add = ("worktree", "add", "--force", "--force", "--detach", str(path), ref)
    commands = [git_command(context.tools, words, context.seconds_left(step)) for words in (fetch, add)]
    ended = await in_turn(commands, step, context)
    return await _made(path, context, ended) if isinstance(ended, Done) else ended


async def _tidy(context: Context) -> None:
    """Take away what a kill in the middle of a checkout left: git would refuse every fetch because of it."""
    trees = path_of(builds_of(context.tools, context.data_dir), 0).parent
    for path in being_made(await _listed(context)):
        if path.parent == trees:
            await git(context.tools, "worktree", "unlock", str(path))
            await asyncio.to_thread(remove, path)
    await git(context.tools, "worktree", "prune")


async def _listed(context: Context) -> bytes:
    words = ("worktree", "list", "--porcelain")
    try:
        return await git_bytes(context.tools, *words, "-z")
    except Refusal:
        # git before 2.36: a path of ours has no newline, and another's is not ours.
        return (await git_bytes(context.tools, *words)).replace(b"\n", b"\0")


def being_made(listed: bytes) -> list[Path]:
    """The checkouts that are locked because they were being made, out of `git worktree list --porcelain -z`."""
    entries = [entry.split(b"\0") for entry in listed.split(b"\0\0") if entry]
    found = [words[0] for words in entries if b"locked initializing" in words and words[0].startswith(b"worktree ")]
    return [Path(os.fsdecode(first.removeprefix(b"worktree "))) for first in found]


def _wanted(context: Context) -> str:
    """The approved commit, wherever its branch has moved since; else what was asked for."""
    return context.run.inputs.commit


async def _check(repository: Path, context: Context) -> None:
    try:
        await git(context.tools, "rev-parse", "--git-dir")
    except Refusal as refusal:
        if "not a git repository" not in refusal.sentence:
            raise
        sentence = say("NEONOPS_WORKDIR ({path}) is no git repository: clone the product's there.", path=repository)
        raise Refusal(sentence) from None


async def _made(path: Path, context: Context, ended: Done) -> Outcome:
    """Look at what was checked out: an approved commit is what has to be there."""
    commit = (await git(context.tools, "rev-parse", "HEAD", directory=path)).strip()
    approved = context.run.inputs.sha
    if approved and commit != approved:
        return Failed(say("{sha} is checked out instead of the approved {approved}.", sha=commit, approved=approved))
    found = say("commit {sha} in a checkout of its own", sha=commit[:7])
    return Done(found, {"commit": commit}, output=ended.output)


KINDS = (StepKind(GitWorktree, run),)
