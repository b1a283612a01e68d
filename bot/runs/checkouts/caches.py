"""What package managers keep from run to run, without letting one run poison another unseen.

bun and its like take what lies in their cache for what they once downloaded, and do not look at it again: who may write
there decides what the next run builds. So no two runs share a cache. A run begins with a copy of that of the newest
deploy that another person approved and that ended well; its output says which one. After a rollback, and after a week
whatever happened, runs begin without any.
"""

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain import Domain
from bot.execution.files import below, remove, take_back
from bot.ports import Tx
from bot.runs.model import RunState
from bot.text import say

FOLDERS = (".bun/install/cache", ".npm/_cacache", ".cache", ".local/share/pnpm/store", ".yarn/berry/cache")
LASTS = timedelta(days=7)
"""How long caches are handed on, from the run that began without any."""
MOST = 5_000_000_000
"""Bytes of a run's caches that are kept at most."""
_ABOUT = "about"


@dataclass(frozen=True)
class Kept:
    """Caches that were kept of a run, and when the first run of those that handed them on began without any."""

    path: Path
    run_id: int
    since: datetime

    def written(self) -> str:
        """As it stands beside them."""
        return f"{self.run_id} {self.since.isoformat()}"


def newest(builds: Path, now: datetime) -> Kept | None:
    """The caches that a run begins with."""
    found = (_read(path) for path in (builds / "caches").glob("run-*"))
    fresh = [each for each in found if each and now - each.since < LASTS]
    return max(fresh, key=lambda each: each.run_id, default=None)


def _read(path: Path) -> Kept | None:
    try:
        number, _, since = (path / _ABOUT).read_text("ascii").partition(" ")
        return Kept(path, int(number), datetime.fromisoformat(since))
    except (OSError, ValueError):
        return None


def hand_on(kept: Kept, making: Path, home: Path) -> None:
    """Copy them into a home in the making, and note beside it where they come from."""
    for folder in FOLDERS:
        if (kept.path / folder).is_dir():
            (making / folder).parent.mkdir(parents=True, exist_ok=True)
            # A copy that costs nothing where the file system can do that; what cannot be copied is downloaded anew.
            argv = ["cp", "-a", "--reflink=auto", "--", str(kept.path / folder), str(making / folder)]
            subprocess.run(argv, check=False, capture_output=True)
    _note_of(home).write_text(kept.written(), "ascii")


def told(home: Path) -> str:
    """With which caches the run began; empty when with none."""
    try:
        number = _note_of(home).read_text("ascii").partition(" ")[0]
    except OSError:
        return ""
    return say("caches: as run {run} left them", run=number)


def forget(home: Path) -> None:
    """The home is gone."""
    _note_of(home).unlink(missing_ok=True)


def _note_of(home: Path) -> Path:
    return home.with_name(f".caches-{home.name}")


def may_be_kept(_: Domain, tx: Tx, run_id: int) -> bool:
    """Whether what a run left may be handed on: a real deploy that another person approved, and that ended well."""
    run = tx.runs.get(run_id)
    return bool(
        run and run.kind.builds and run.state is RunState.DONE and not run.drill
        and run.approved_by and run.approved_by != run.requested_by
    )  # fmt: skip


def keep(builds: Path, home: Path, run_id: int, now: datetime, *, most: int = MOST) -> None:
    """Keep the caches of this home, of which nothing runs any more, in the place of those that were kept before."""
    take_back(home)
    since = _since(home, now)
    made = builds / "caches" / f"run-{run_id}"
    remove(made)
    made.mkdir(mode=0o700, parents=True)
    for folder in FOLDERS:
        if _is_folder(home, folder):
            (made / folder).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (home / folder).rename(made / folder)
    if not _is_kept(made, most):
        return remove(made)
    (made / _ABOUT).write_text(Kept(made, run_id, since).written(), "ascii")
    for other in (builds / "caches").glob("run-*"):
        if other != made:
            remove(other)


def over(domain: Domain, tx: Tx, run_id: int) -> bool:
    """Whether what this run left is handed on no more: production was rolled back after it."""
    kinds = tuple(each.name for each in domain.kinds.values() if each.goes_back)
    return any(run.id > run_id for run in tx.runs.find(kind=kinds, state=RunState.DONE, order="-id", limit=1))


def drop(builds: Path) -> None:
    """Keep none."""
    remove(builds / "caches")


def _since(home: Path, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(_note_of(home).read_text("ascii").partition(" ")[2])
    except (OSError, ValueError):
        return now


def _is_folder(home: Path, folder: str) -> bool:
    """Whether it is there, and no link on the way to it leads elsewhere."""
    parts = Path(folder).parts
    steps = [home.joinpath(*parts[: count + 1]) for count in range(len(parts))]
    return all(each.is_dir() and not each.is_symlink() for each in steps)


def _is_kept(folder: Path, most: int) -> bool:
    """Everything in it becomes ours; whether it is no more than so many bytes, and can be copied."""
    size = 0
    try:
        for each in below(folder):
            os.chown(each.path, os.geteuid(), os.getegid(), follow_symlinks=False)
            size += each.stat(follow_symlinks=False).st_size
    except OSError:  # a path that is too long, say
        return False
    return size <= most
