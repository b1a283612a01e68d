"""git in the work directory, several at a time: nothing that another run reads is written, nobody is asked."""

import asyncio
import fcntl
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.errors import Refusal
from bot.execution.captured import Captured, capture
from bot.execution.shell import Command
from bot.integrations.http.proxies import named
from bot.text import say, size_words
from bot.text.legible import one_line
from bot.tools import Tools

_QUIET = {"GIT_TERMINAL_PROMPT": "0"}
_APART = (
    # Hooks and housekeeping of the repository belong to people: neither runs here.
    "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
    # Nor does a program that its configuration names, nor a submodule that a commit brings.
    "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false",
    "-c", "fetch.recurseSubmodules=false",
)  # fmt: skip
TIMEOUT = 20.0
"""Seconds that one question may take."""
MOST = 10_000_000
"""Bytes of an answer that are read."""
_LOOK_S = 0.05


@asynccontextmanager
async def alone(repository: Path) -> AsyncIterator[None]:
    """One at a time, also between processes: a fetch fails that sees another's checkout while it is being made."""
    try:
        descriptor = os.open(repository, os.O_RDONLY)
    except OSError as error:
        raise Refusal(say("{path} cannot be read: {why}", path=repository, why=error.strerror)) from None
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


def git_command(tools: Tools, words: tuple[str, ...], timeout_s: float, directory: Path | None = None) -> Command:
    """`git …` in the work directory or this one, through our proxies; its output file is still to be named."""
    place, env = directory or tools.checkout, {**_QUIET, **named(tools.environment or {})}
    return Command(("git", *_APART, *words), place, Path(), env, timeout_s=timeout_s, idle_s=timeout_s)


async def git(
    tools: Tools, *words: str, directory: Path | None = None, timeout_s: float = TIMEOUT, most: int = MOST
) -> str:
    """What git says, in the work directory unless another is given: for what has one form and no text of people.

    Raises:
        Refusal: git failed; the sentence has its own words.
    """
    said = await git_bytes(tools, *words, directory=directory, timeout_s=timeout_s, most=most)
    return said.decode("utf-8", "replace").rstrip("\n")


async def git_bytes(
    tools: Tools, *words: str, directory: Path | None = None, timeout_s: float = TIMEOUT, most: int = MOST
) -> bytes:
    """What git says, byte for byte: file contents, and records that end with NUL. Raises a Refusal like `git`."""
    command = replace(git_command(tools, words, timeout_s, directory), output_cap=most)
    ended = await capture(command, environ=tools.environment or {}, lease=tools.lease)
    if not ended.succeeded:
        raise Refusal(say("git {what} failed: {why}", what=words[0], why=_why(tools, ended, timeout_s, most)))
    return ended.out


def _why(tools: Tools, ended: Captured, timeout_s: float, most: int) -> str:
    if ended.ended == "timed_out":
        return say("no answer in {seconds} s", seconds=round(timeout_s))
    if ended.ended == "too_long":
        return say("it answered with more than {size}, which is too large to read", size=size_words(most))
    words = one_line(ended.complaint.decode("utf-8", "replace")).strip()
    return tools.masker.head(words, 200) or say("it ended with {code}", code=ended.exit_code)


def is_commit(text: str) -> bool:
    """Whether this is the whole hash of a commit, and no option or expression."""
    return re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", text) is not None
