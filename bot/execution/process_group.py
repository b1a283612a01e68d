"""Ends the processes of a group, politely at first."""

import asyncio
import os
import signal
import time

_LOOK_S = 0.02


async def end_group(group: int, grace_s: float, *, politely: bool) -> None:
    """Ends every process of the group: SIGINT if `politely`, SIGTERM, SIGKILL, with `grace_s` to answer each."""
    ladder = (signal.SIGINT, signal.SIGTERM) if politely else (signal.SIGTERM,)
    for step in ladder:
        if not _signal_group(group, step) or await _gone(group, grace_s):
            return
    kill_group(group)


def kill_group(group: int) -> None:
    """SIGKILL for whatever is left of the group."""
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: int) -> bool:
    """Whether there was still something to signal."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


async def _gone(group: int, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not _signal_group(group, 0):
            return True
        await asyncio.sleep(_LOOK_S)
    return False
