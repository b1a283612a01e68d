"""`neonops reload`: tells the bot that runs on this machine to read the team file and the runbook anew.

The bot holds a lock on a file in the data directory for as long as it lives, and its number stands there: whoever can
take the lock knows that nobody runs. It is told by SIGHUP, and leaves what came of it in another file beside.
"""

import asyncio
import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import structlog

from bot.errors import Refusal
from bot.machine.private_files import make_private
from bot.text import say

log = structlog.get_logger()

PATIENCE_S = 20.0
"""Seconds that an answer is waited for."""
LOOK_S = 0.05
TRIES = 3
"""Who only looks whether a bot runs holds the lock for a moment."""


@dataclass(frozen=True)
class Outcome:
    """What came of a reload; `id` differs from that of every other."""

    id: str
    ok: bool
    sentence: str


def _file(folder: Path, kind: str) -> Path:
    """Replicas may share the directory: each machine has files of its own."""
    return folder / f"neonops.{socket.gethostname()}.{kind}"


class Alive:
    """The lock that says that a bot runs here, for as long as it is held."""

    def __init__(self, folder: Path) -> None:
        self._path = _file(folder, "pid")
        self._held: IO[str] | None = None

    def begin(self) -> None:
        """Take the lock and leave our number; another bot of this machine in the same directory keeps it."""
        make_private(self._path.parent)
        opened = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        if not _lock_soon(opened):
            opened.close()
            return
        opened.truncate(0)
        opened.write(str(os.getpid()))
        opened.flush()
        self._held = opened

    def end(self) -> None:
        """Let go of it."""
        if self._held:
            self._path.unlink(missing_ok=True)
            self._held.close()
            self._held = None


def _lock_soon(opened: IO[str]) -> bool:
    for _ in range(TRIES):
        if _lock(opened):
            return True
        time.sleep(LOOK_S)
    return False


def _lock(opened: IO[str]) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def running(folder: Path) -> int:
    """The number of the bot that runs on this machine in this data directory; a Refusal when there is none."""
    with suppress(OSError, ValueError), _file(folder, "pid").open("r+") as opened:
        if not _lock(opened):
            return int(opened.read())
    raise Refusal(
        say("No NeonOps is running on this machine with the data directory {folder}.", folder=folder.absolute()),
    )


def tell(folder: Path) -> Outcome:
    """Have the bot read its files anew, and return what came of it.

    Raises:
        Refusal: there is none, it is not ours to tell, or it does not answer.
    """
    pid, before = running(folder), _last(folder)
    try:
        os.kill(pid, signal.SIGHUP)
    except OSError as error:
        raise Refusal(
            say("NeonOps (process {pid}) cannot be signalled: {why}.", pid=pid, why=error.strerror)
        ) from error
    over = time.monotonic() + PATIENCE_S
    while time.monotonic() < over:
        found = _last(folder)
        if found and found != before:
            return found
        time.sleep(LOOK_S)
    raise Refusal(say("NeonOps (process {pid}) was signalled and has not answered; see its log.", pid=pid))


def _last(folder: Path) -> Outcome | None:
    with suppress(OSError, ValueError, TypeError):
        return Outcome(**json.loads(_file(folder, "reload").read_text("utf-8")))
    return None


class Reloads:
    """Does what SIGHUP asks for, one after another, and leaves what came of it."""

    def __init__(self, folder: Path, reload: Callable[[], Awaitable[str]]) -> None:
        self._folder, self._reload = folder, reload
        self._tasks: set[asyncio.Task[object]] = set()

    def soon(self) -> None:
        """Reload as soon as may be, and leave what came of it for who asked."""
        self._begin(self._asked())

    def follow(self) -> None:
        """Reload, because another replica found other files."""
        self._begin(self._now())

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _asked(self) -> None:
        await asyncio.to_thread(_leave, _file(self._folder, "reload"), await self._now())

    async def _now(self) -> Outcome:
        try:
            ok, sentence = True, await self._reload()
        except Refusal as refusal:
            ok, sentence = False, str(refusal)
        (log.info if ok else log.error)("files.reloaded" if ok else "files.refused", what=sentence)
        return Outcome(f"{time.time_ns()}", ok, sentence)


def _leave(path: Path, outcome: Outcome) -> None:
    """Write it whole or not at all."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(outcome), file)
    fresh.replace(path)
