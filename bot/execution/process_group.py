"""Ends the processes of a group, politely at first."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from typing import Protocol

_LOOK_S = 0.02


class Leader(Protocol):
    """The process that leads a group, whose number the group has; `returncode` stands when it has been waited for."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...


async def end_group(leader: Leader, grace_s: float, *, politely: bool) -> None:
    """Ends every process of the group: SIGINT if `politely`, SIGTERM, SIGKILL, with `grace_s` to answer each."""
    ladder = (signal.SIGINT, signal.SIGTERM) if politely else (signal.SIGTERM,)
    for step in ladder:
        if not _signal_group(leader, step) or await _gone(leader, grace_s):
            return
    kill_group(leader)


def kill_group(leader: Leader) -> None:
    """SIGKILL for whatever is left of the group."""
    _signal_group(leader, signal.SIGKILL)


def _signal_group(leader: Leader, number: int) -> bool:
    """Whether there was still something to signal."""
    if leader.returncode is not None and _is_process(leader.pid):
        # No process gets the number of a group that has one left: this is somebody else's, and ours is gone.
        return False
    try:
        os.killpg(leader.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _is_process(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True


async def _gone(leader: Leader, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not _signal_group(leader, 0):
            return True
        await asyncio.sleep(_LOOK_S)
    return False
