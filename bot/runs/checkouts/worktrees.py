"""Where runs have their own checkouts, and which of them nobody needs any more."""

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.execution.files import remove
from bot.execution.plan import Place
from bot.ports import Tx
from bot.runs.checkouts import caches
from bot.runs.checkouts.directories import builds_of, home_of, making_of, mark_of, place_of
from bot.runs.model import Run, RunState, StepState
from bot.runs.outcome import Context
from bot.text import say
from bot.tools import Tools
from bot.tools.git.client import alone, git

log = structlog.get_logger()

KEPT_FOR = timedelta(days=1)
"""How long the checkout of a run that did not succeed is kept, for people to look at."""
KEPT = 3
"""How many of those are kept at most: each holds its own build and packages."""


def path_of(data_dir: Path, run_id: int) -> Path:
    """The directory of a run's own checkout."""
    return data_dir.resolve() / "worktrees" / f"run-{run_id}"


def ref_of(run_id: int) -> str:
    """The git reference under which a run's commit is fetched: no other fetch touches it."""
    return f"refs/neonops/run-{run_id}"


def made(data_dir: Path) -> tuple[int, ...]:
    """The runs that have a checkout or a home here."""
    found = (
        path.name.removeprefix("run-") for name in ("worktrees", "homes") for path in (data_dir / name).glob("run-*")
    )
    return tuple(sorted({int(number) for number in found if number.isdigit()}))


def unneeded(domain: Domain, tx: Tx, run_ids: tuple[int, ...]) -> list[int]:
    """Which of these runs need their checkout no more."""
    runs = {run_id: tx.runs.get(run_id) for run_id in run_ids}
    failed = [run for run in runs.values() if run and run.state in (RunState.FAILED, RunState.ABORTED)]
    failed.sort(key=lambda run: run.ended_at or run.created_at, reverse=True)
    kept = {run.id for run in failed[:KEPT] if _is_fresh(tx, run)}
    return [run_id for run_id, run in runs.items() if run is None or (run.state.ended and run_id not in kept)]


def _is_fresh(tx: Tx, run: Run) -> bool:
    return (run.ended_at or run.created_at) > tx.now - KEPT_FOR


async def work_place(context: Context) -> tuple[Path, Place]:
    """Where the run's shell steps run: in its own checkout when its procedure makes one, else in NEONOPS_WORKDIR.

    Raises:
        Refusal: there is none, or the run's own has not been made.
    """
    own = next((step for _, step in context.procedure.steps() if step.makes_checkout), None)
    if own is None or own.id not in context.records:
        return await _placed(context, context.tools.checkout, own=False)
    path = path_of(builds_of(context.tools, context.data_dir), context.run.id)
    if context.records[own.id].state is not StepState.DONE or not _is_made(path):
        raise Refusal(say("This run has no checkout of its own: run “{step}” first.", step=own.text))
    return await _placed(context, path, own=True)


async def _placed(context: Context, path: Path, *, own: bool) -> tuple[Path, Place]:
    try:
        return path, await place_of(context, path, own=own)
    except OSError as error:
        sentence = "The working directory for this run's commands could not be prepared: {why} ({path})."
        raise Refusal(say(sentence, why=error.strerror, path=error.filename or path)) from error


def _is_made(checkout: Path) -> bool:
    return mark_of(checkout).exists() or (checkout / ".git").exists()


def clear(builds: Path, run_id: int) -> bool:
    """Remove a run's checkout and home; whether all of it is gone."""
    checkout, home = path_of(builds, run_id), home_of(builds, run_id)
    for path in (checkout, making_of(checkout), home):
        remove(path)
    mark_of(checkout).unlink(missing_ok=True)
    caches.forget(home)
    return not checkout.exists() and not home.exists()


class WorkTrees:
    """Takes away the checkouts that nobody needs: of runs that have ended, and what a crash left."""

    def __init__(self, transactions: Transactions, tools: Tools, data_dir: Path) -> None:
        self._transactions, self._tools, self._builds = transactions, tools, builds_of(tools, data_dir)

    async def sweep(self) -> None:
        """Look at what is there, and remove what is over."""
        there = made(self._builds)
        for run_id in await self._transactions.look(unneeded, there) if there else ():
            await self._keep_caches(run_id)
            await self._remove(run_id)
        await self._drop_caches()

    async def _keep_caches(self, run_id: int) -> None:
        home = home_of(self._builds, run_id)
        if home.exists() and await self._transactions.look(caches.may_be_kept, run_id):
            try:
                await asyncio.to_thread(caches.keep, self._builds, home, run_id, self._tools.now())
            except OSError as error:
                log.warning("caches.not_kept", run=run_id, why=str(error))

    async def _drop_caches(self) -> None:
        """What was built before a rollback is handed on no more."""
        kept = caches.newest(self._builds, self._tools.now())
        over = await self._transactions.look(caches.over, kept.run_id) if kept else False
        if over:
            await asyncio.to_thread(caches.drop, self._builds)

    async def _remove(self, run_id: int) -> None:
        path = path_of(self._builds, run_id)
        had = path.exists()
        if not await asyncio.to_thread(clear, self._builds, run_id):
            log.warning("worktree.stays", path=str(path))
        elif had and self._tools.workdir and self._tools.workdir.is_dir():
            async with alone(self._tools.workdir):
                await git(self._tools, "worktree", "prune")
                await git(self._tools, "update-ref", "-d", ref_of(run_id))
            log.info("worktree.removed", run=run_id)
