"""git in the work directory, several at a time: nothing that another run reads is written, nobody is asked."""

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import Refusal
from bot.integrations.shell import Command
from bot.integrations.shell import run as run_command
from bot.text import say, shorten
from bot.tools import Tools

_QUIET = {"GIT_TERMINAL_PROMPT": "0"}
# Hooks and housekeeping of the repository belong to people: neither runs here.
_APART = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
TIMEOUT = 20.0
"""Seconds that one question may take."""
_LOOK_S = 0.05


@asynccontextmanager
async def alone(repository: Path) -> AsyncIterator[None]:
    """One at a time, also between processes: a fetch fails that sees another's checkout while it is being made."""
    descriptor = os.open(repository, os.O_RDONLY)
    try:
        while not _taken(descriptor):  # noqa: ASYNC110 - another process may hold it
            await asyncio.sleep(_LOOK_S)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def git_command(directory: Path, words: tuple[str, ...], timeout_s: float) -> Command:
    """`git …` in this directory; its output file is still to be named."""
    return Command(("git", *_APART, *words), directory, Path(), _QUIET, timeout_s=timeout_s, idle_s=timeout_s)


async def git(
    tools: Tools, *words: str, directory: Path | None = None, timeout_s: float = TIMEOUT, most: int = 20_000
) -> str:
    """What git says, the last `most` bytes of it; in the work directory unless another is given.

    Raises:
        Refusal: git failed; the sentence has its own words.
    """
    with tempfile.TemporaryDirectory() as scratch:
        command = Command(
            ("git", *_APART, *words), directory or tools.checkout, Path(scratch) / "said", _QUIET, timeout_s=timeout_s,
            tail_bytes=most,
        )  # fmt: skip
        ended = await run_command(command, masker=tools.masker, environ=tools.environment or {}, lease=tools.lease)
    if not ended.succeeded:
        raise Refusal(say("git {what} failed: {why}", what=words[0], why=shorten(ended.tail.strip(), 200)))
    return ended.tail
