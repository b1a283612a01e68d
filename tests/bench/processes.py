"""Processes that are measured: the bot beside this process, and commands run to their end."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NEONOPS = str(Path(sys.executable).with_name("neonops"))
_TIMED = Path(__file__).with_name("timed.py")
PATIENCE = 15.0
"""Seconds that a process may take to end after SIGTERM."""


class Process:
    """A process in the background with its output in `log`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self.log = process, log

    @classmethod
    async def start(cls, *argv: str, env: Mapping[str, str], directory: Path, name: str) -> "Process":
        """Start it in `directory` (where no `.env` is found) with this environment and no other."""
        log = directory / f"{name}.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *argv, env=dict(env), cwd=directory, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        return cls(process, log)

    def says(self, words: str) -> bool:
        """Whether it has said these words."""
        return words in self.log.read_text("utf-8")

    def last_words(self) -> str:
        """The end of what it said."""
        return self.log.read_text("utf-8")[-800:]

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def resident_mb(self) -> float:
        """Resident memory now, in MB."""
        return self._status("VmRSS")

    def peak_mb(self) -> float:
        """The most resident memory so far, in MB."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def stop(self) -> int:
        """End it by SIGTERM and return its exit code; what does not end in PATIENCE is killed (-9)."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()


@dataclass(frozen=True)
class Ended:
    """A command that ran to its end: wall seconds from spawn to exit, the most resident memory in MB, its output."""

    seconds: float
    peak_mb: float
    code: int
    output: Path

    def last_words(self) -> str:
        """The end of what it said."""
        return self.output.read_text("utf-8")[-500:]


async def timed(argv: Sequence[str], env: Mapping[str, str], output: Path) -> Ended:
    """Run a command to its end with its output in a file; RuntimeError when it fails.

    A small process stands between: a child's peak memory as the kernel reports it is never below that of the process
    which forked it, and this one is large.
    """
    small = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", str(_TIMED), str(output), *argv,
        env=dict(env), cwd=output.parent, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await small.communicate()
    ended = Ended(**json.loads(said), output=output)
    if ended.code:
        raise RuntimeError(f"{' '.join(argv)} ended with {ended.code}: {ended.last_words()}")
    return ended


async def until(condition: Callable[[], bool], seconds: float) -> None:
    """Return when the condition holds; TimeoutError after so many seconds. Another process is seen only by looking."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - an event cannot be set from there
            await asyncio.sleep(0.01)


def forget_files(*directories: Path) -> None:
    """Have the kernel forget what it holds of the files below these directories, as after a boot."""
    for path in (path for directory in directories for path in directory.rglob("*") if path.is_file()):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
