"""What a short command says, byte for byte: for what is read by a program, never shown as it is."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import Refusal
from bot.execution.process_group import kill_group
from bot.execution.shell import Command, Outcome, Reason, environment, program_of, supervised
from bot.masking import Masker
from bot.text import say
from bot.text.legible import legible
from bot.waking import Lease

_PIECE = 65_536
_COMPLAINT = 65_536
"""Bytes of what it wrote to its standard error that are kept; what is shown of them is masked, and only then cut."""
_SHOWN = 4_096


@dataclass(frozen=True)
class Captured:
    """How it ended; `out` is what it printed, `complaint` the beginning of what it wrote to its standard error."""

    ended: Literal["exited", "timed_out", "too_long", "not_found"]
    exit_code: int | None = None
    out: bytes = b""
    complaint: bytes = b""

    @property
    def succeeded(self) -> bool:
        return self.ended == "exited" and self.exit_code == 0

    def as_outcome(self, masker: Masker) -> Outcome:
        """The same in the terms of a command whose output is for people: what it complained of, masked."""
        reason: Reason = "timed_out" if self.ended == "too_long" else self.ended
        said = masker.head(legible(self.complaint.decode("utf-8", "replace")).strip(), _SHOWN)
        return Outcome(self.exit_code, reason, 0.0, said, Path(), self.ended == "too_long")


async def capture(command: Command, *, environ: Mapping[str, str], lease: Lease) -> Captured:
    """Runs it to its end; no longer than its `timeout_s`, and no further than `output_cap` bytes."""
    env = environment(command, environ)
    program = program_of(command, env)
    if program is None or not command.cwd.is_dir():
        return Captured("not_found", complaint=f"{command.cwd if program else command.argv[0]}: not found".encode())
    await lease.hold()
    process = await asyncio.create_subprocess_exec(
        *supervised(program, command.argv[1:], lease.heartbeat), cwd=command.cwd, env=env,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(command.timeout_s):
            return await _heard(process, command.output_cap)
    except TimeoutError:
        return Captured("timed_out")
    finally:
        await asyncio.shield(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing of it is left. Its pipes are read to their ends: asyncio waits for those too."""
    kill_group(process)
    for stream in (process.stdout, process.stderr):
        while stream and await stream.read(_PIECE):
            pass
    await process.wait()


async def _heard(process: asyncio.subprocess.Process, most: int) -> Captured:
    assert process.stdout
    assert process.stderr
    complaining = asyncio.create_task(_complaint(process.stderr))
    try:
        out = bytearray()
        while piece := await process.stdout.read(_PIECE):
            out += piece
            if len(out) > most:
                return Captured("too_long")
        return Captured("exited", await process.wait(), bytes(out), await complaining)
    finally:
        complaining.cancel()
        with suppress(asyncio.CancelledError):
            await complaining


async def _complaint(stream: asyncio.StreamReader) -> bytes:
    """Read to its end, so that the command never waits; only the beginning is kept."""
    kept = bytearray()
    while piece := await stream.read(_PIECE):
        kept += piece[: _COMPLAINT - len(kept)]
    return bytes(kept)


def records(said: bytes, fields: int) -> list[tuple[str, ...]]:
    """Records of so many fields, each field ended by NUL (`-z`): whatever else stands in them is theirs.

    Raises:
        Refusal: it is not made of such records, so that none of it can be trusted.
    """
    parts = said.decode("utf-8", "replace").split("\0")
    if parts.pop() or len(parts) % fields:
        raise Refusal(say("it answered in an unknown format"))
    return [tuple(parts[start : start + fields]) for start in range(0, len(parts), fields)]
