"""The files of backups: their checksum, and taking away those that no backup needs."""

import asyncio
import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import structlog

from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.machine.clock import Clock
from bot.machine.private_files import make_private, touch
from bot.text import say

log = structlog.get_logger()

DUMP, ROLES, SUMS = "database.dump", "roles.sql", "SHA256SUMS"
UNFINISHED = timedelta(days=1)
"""After this time, files that no backup names are what an interrupted one left."""


def folder_of(data_dir: Path, name: str) -> Path:
    """Where the files of one backup are."""
    return data_dir.resolve() / "backups" / name


def make_folder(folder: Path) -> None:
    """An empty folder, and in it the files to be filled: nobody else may read them, whatever the umask."""
    shutil.rmtree(folder, ignore_errors=True)
    make_private(folder.parent)
    make_private(folder)
    for name in (DUMP, ROLES, SUMS):
        touch(folder / name)


def seal(folder: Path) -> str:
    """Write SHA256SUMS (as `sha256sum -c` reads it); the checksum of that file, which covers the others."""
    (folder / SUMS).write_text("".join(f"{_digest(folder / name)}  {name}\n" for name in (DUMP, ROLES)), "ascii")
    return _digest(folder / SUMS)


def is_whole(folder: Path, sha256: str | None) -> bool:
    """Whether the files are what they were when they were sealed."""
    try:
        sums = "".join(f"{_digest(folder / name)}  {name}\n" for name in (DUMP, ROLES))
    except OSError:
        return False
    return hashlib.sha256(sums.encode("ascii")).hexdigest() == sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def check_whole(folder: Path, sha256: str | None) -> None:
    """Raise a Refusal unless the files are what they were when the backup was proven."""
    if not await asyncio.to_thread(is_whole, folder, sha256):
        raise Refusal(say("The files of this backup are missing or changed since it was verified."))


class BackupFiles:
    """Takes away the files of backups that were let go of, and what interrupted ones left."""

    def __init__(self, transactions: Transactions, data_dir: Path, clock: Clock) -> None:
        self._transactions, self._folder, self._clock = transactions, data_dir.resolve() / "backups", clock

    async def sweep(self) -> None:
        """Look at the folders that are there, and remove what nothing needs."""
        there = await asyncio.to_thread(_folders, self._folder)
        if not there:
            return
        states = await self._transactions.read(
            lambda tx: {backup.path: backup.state for backup in tx.backups.find(path=tuple(there))}
        )
        now = self._clock.now()
        for name, changed in there.items():
            if states.get(name) == "deleted" or (name not in states and changed < now.timestamp() - _SECONDS):
                await asyncio.to_thread(shutil.rmtree, self._folder.parent / name, ignore_errors=True)
                log.info("backup.removed", path=name)


_SECONDS = UNFINISHED.total_seconds()


def _folders(folder: Path) -> dict[str, float]:
    """`backups/NAME` of each folder, and when it was last changed (Unix seconds)."""
    found = folder.glob("*/") if folder.is_dir() else ()
    return {f"{folder.name}/{path.name}": path.stat().st_mtime for path in found if path.is_dir()}
