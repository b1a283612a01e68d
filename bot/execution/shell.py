"""Commands of the runbook: no shell, no inherited secrets, a time limit, and nothing left running afterwards."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.execution.output import Output
from bot.execution.plan import Place
from bot.execution.process_group import end_group, kill_group
from bot.masking import Masker
from bot.waking import Alone, Lease

Reason = Literal["exited", "timed_out", "idle", "cancelled", "not_found"]
# What a command may know of our own environment. Tokens are given by name, in `Command.env`.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "USER", "LOGNAME", "SSL_CERT_FILE")
OURS = ("HOME", "USER", "LOGNAME", "TMPDIR")
"""Of these, what the bot has for itself: a command in a place of its own gets others, or none."""
_NOT_FOUND: tuple[Reason, int | None] = ("not_found", None)
_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_READ_BYTES = 4096
# How long the end of the output may take after all processes of the group are gone: something that left the group
# may still hold the pipe.
_DRAIN_S = 2.0


@dataclass(frozen=True)
class Command:
    """What to run. Secrets go into `env`, never into `argv`: everybody on the machine can read that.

    `timeout_s` is for the whole command, `idle_s` for silence; `grace_s` is how long it may take to end after SIGINT,
    and again after SIGTERM. `output` is the file for what it prints, at most `output_cap` bytes; `tail_bytes` of it
    come back in the outcome. `place`: where it runs when it is not to reach what the bot can; None = as the bot.
    """

    argv: tuple[str, ...]
    cwd: Path
    output: Path
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 900.0
    idle_s: float = 300.0
    grace_s: float = 5.0
    output_cap: int = 4_000_000
    tail_bytes: int = 6_000
    place: Place | None = None


@dataclass(frozen=True)
class Outcome:
    """How a command ended. `exit_code` only when it `exited`: 128 + n by signal n. `path` holds its output."""

    exit_code: int | None
    reason: Reason
    duration_s: float
    tail: str
    path: Path
    truncated: bool

    @property
    def succeeded(self) -> bool:
        return self.exit_code == 0


async def run(
    command: Command,
    *,
    masker: Masker,
    on_line: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
    environ: Mapping[str, str] = os.environ,
    lease: Lease | None = None,
) -> Outcome:
    """Runs the command to its end, or ends it. `on_line` gets each masked line as it comes; it must not raise.

    With a `lease`, the command starts only while that is held, and is ended when this process is frozen for so long
    that another takes over.

    Setting `stop` ends the command with the outcome `cancelled`. Cancelling the task ends it too, and the cancellation
    goes on. Either way, and also after a normal exit, the whole process group is gone when this returns.
    """
    env = environment(command, environ)
    program = program_of(command, env)
    began = time.monotonic()
    log = Output(command.output, masker, cap=command.output_cap, tail=command.tail_bytes, on_line=on_line)
    with log:
        if program is None or not _is_there(command):
            log.feed(_why_not_found(command, program).encode())
            reason, exit_code = _NOT_FOUND
        else:
            reason, exit_code = await _run(command, program, env, log, stop or asyncio.Event(), lease or Alone())
    duration_s = time.monotonic() - began
    return Outcome(exit_code, reason, duration_s, log.tail, command.output, log.truncated)


def environment(command: Command, environ: Mapping[str, str]) -> dict[str, str]:
    """What the command gets to know: a few harmless names of ours, and what it was given."""
    inherited = {name: environ[name] for name in INHERITED if name in environ}
    own = command.place.environment() if command.place else {}
    kept = {name: value for name, value in inherited.items() if not own or name not in OURS}
    return {**kept, "TERM": "dumb", "NO_COLOR": "1", **own, **command.env}


def program_of(command: Command, env: Mapping[str, str]) -> str | None:
    """The file to run: by its name from the command's PATH, by a path from the command's own directory."""
    name = command.argv[0]
    found = shutil.which(str(command.cwd / name) if os.sep in name else name, path=env.get("PATH"))
    # What belongs to another user is perhaps not for us to see: the kernel says whether it is there.
    unseen = os.sep in name and command.place is not None and command.place.user is not None
    return str(command.cwd / name) if found is None and unseen else found


def _is_there(command: Command) -> bool:
    try:
        return command.cwd.is_dir()
    except PermissionError:
        return command.place is not None


def _why_not_found(command: Command, program: str | None) -> str:
    missing = command.argv[0] if program is None else str(command.cwd)
    return f"{missing}: not found\n"


async def _run(
    command: Command, program: str, env: Mapping[str, str], log: Output, stop: asyncio.Event, lease: Lease
) -> tuple[Reason, int | None]:
    async with _started(command, program, env, lease) as (process, reader):
        watch = _Watch(command, process, stop)
        pump = asyncio.create_task(_pump(reader, log, watch))
        try:
            reason = await watch.until_over(pump)
            await end_group(process, command.grace_s, politely=reason != "exited")
            exit_code = await process.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(pump, _DRAIN_S)
        finally:
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await pump
    return reason, exit_code if reason == "exited" else None


@asynccontextmanager
async def _started(
    command: Command, program: str, env: Mapping[str, str], lease: Lease
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """The running process and its output. The group is gone afterwards, also when the task was cancelled."""
    # An own pipe: with asyncio's, `wait()` returns only after every descendant closed it
    # (https://github.com/python/cpython/issues/119710).
    reading, writing = os.pipe()
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb", 0)
    )
    try:
        process = await _spawn(command, program, env, writing, lease)
        try:
            yield process, reader
        finally:
            await _make_sure(process, command.grace_s)
    finally:
        transport.close()


async def _make_sure(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Nothing of the command is left. A second cancellation skips the politeness."""
    try:
        await end_group(process, grace_s, politely=process.returncode is None)
    finally:
        kill_group(process)
        await asyncio.shield(process.wait())


async def _spawn(
    command: Command, program: str, env: Mapping[str, str], writing: int, lease: Lease
) -> asyncio.subprocess.Process:
    try:
        argv = (program, *command.argv[1:])
        plan = command.place.plan(command.cwd, env, argv) if command.place else None
        await lease.hold()
        return await asyncio.create_subprocess_exec(
            *supervised(program, command.argv[1:], lease.heartbeat, plan),
            cwd="/" if plan else command.cwd,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    finally:
        os.close(writing)


def supervised(
    program: str, arguments: tuple[str, ...], heartbeat: Path | None = None, plan: str | None = None
) -> tuple[str, ...]:
    """The argv that runs the program so that it cannot outlive us; where the kernel has no such service, as it is."""
    if sys.platform != "linux":
        return (program, *arguments)
    ours = (sys.executable, "-I", "-S", str(_SUPERVISOR), str(os.getpid()), str(heartbeat or "-"), plan or "-")
    return (*ours, program, *arguments)


class _Watch:
    """Waits for the first of: the end, the time limit, silence, the wish to stop."""

    def __init__(self, command: Command, process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
        self._command, self._process, self._stop = command, process, stop
        self._deadline = time.monotonic() + command.timeout_s
        self.heard()

    def heard(self) -> None:
        """The command printed something."""
        self._idle_deadline = time.monotonic() + self._command.idle_s

    async def until_over(self, pump: asyncio.Task[None]) -> Reason:
        """Raises what the pump raises: output that cannot be kept ends the command."""
        ended, stopped = asyncio.create_task(self._process.wait()), asyncio.create_task(self._stop.wait())
        waits: set[asyncio.Task[Any]] = {ended, stopped, pump}
        try:
            while (late := self._late()) is None:
                nearest = min(self._deadline, self._idle_deadline) - time.monotonic()
                done, waits = await asyncio.wait(waits, timeout=nearest, return_when=asyncio.FIRST_COMPLETED)
                if pump in done:
                    pump.result()
                if ended in done or stopped in done:
                    return "exited" if ended in done else "cancelled"
            return late
        finally:
            ended.cancel()
            stopped.cancel()

    def _late(self) -> Reason | None:
        now = time.monotonic()
        return "timed_out" if now >= self._deadline else "idle" if now >= self._idle_deadline else None


async def _pump(reader: asyncio.StreamReader, log: Output, watch: _Watch) -> None:
    while data := await reader.read(_READ_BYTES):
        watch.heard()
        await log.take(data)
