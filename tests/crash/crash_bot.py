"""The bot as a process of its own, that can be killed; started from a fork server, so that a start costs little."""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from crash_stop import Stop, hurry
from guards import GUARD_S

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["bot.app.running", "bot.cli", "storage.migrate", "crash_stop"])


def _be_the_bot(environment: dict[str, str], directory: Path, stop: Stop | None, hurried: bool) -> None:
    """`neonops run`, as if a shell had started it in `directory` with this environment and nothing else."""
    if hurried:
        hurry()
    if stop:
        stop.install()
    log = os.open(directory / "bot.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    sys.argv = ["neonops", "run"]
    from bot.__main__ import main

    main()


class BotProcess:
    """One bot at a time, always with the same settings. Its log, `bot.log`, goes on from one life to the next."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        directory.mkdir()
        self._environment, self.directory = dict(environment), directory
        self.hurried = False
        """Whether it waits only shortly for requests that were lost on the way (`crash_stop.hurry`)."""
        self._process: multiprocessing.process.BaseProcess | None = None

    @property
    def pid(self) -> int:
        assert self._process
        assert self._process.pid
        return self._process.pid

    @property
    def alive(self) -> bool:
        return bool(self._process and self._process.is_alive())

    def start(self, stop: Stop | None = None) -> None:
        """Start it; it ends itself at `stop`."""
        arguments = (self._environment, self.directory, stop, self.hurried)
        self._process = _CONTEXT.Process(target=_be_the_bot, args=arguments, daemon=True)
        self._process.start()

    async def kill(self) -> None:
        """SIGKILL, unless it has ended: then its id may be another's. Returns when the process is gone."""
        assert self._process
        if self.alive:
            self._process.kill()
        await self.ended()

    async def terminate(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process
        assert self.alive
        self._process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        assert self._process
        await asyncio.to_thread(self._process.join, GUARD_S)
        code = self._process.exitcode
        assert code is not None, "the bot should have ended"
        return code

    def log(self) -> str:
        return (self.directory / "bot.log").read_text()
