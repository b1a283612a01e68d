"""Runs one command so that nothing of it outlives it, or the bot. Started by `shell.py`; standard library only; Linux.

    python -I -S supervisor.py <pid of the bot> <heartbeat file, or -> <plan, or -> <command> [argument …]

The plan (JSON, see `confine.py`) says what of the machine the command can reach; without one it runs as the bot.

It leads the command's process group. When the bot dies, however suddenly, the kernel signals the supervisor
(PR_SET_PDEATHSIG, prctl(2)), and the supervisor kills the command and all that the command started; the kernel's signal
alone would reach only the command itself. When the command ends, what it left behind is ended and reaped here:
orphans come to it (PR_SET_CHILD_SUBREAPER), even those that left the group.
With a heartbeat file, the same is done when the bot has not said for STALE seconds that it is awake: it may be frozen,
and another replica takes its work over.
Exits as the command did, with 128 + n for signal n.
"""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType

NOT_STARTED = 126
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
STALE = 4.0
"""Seconds; less than what others wait before they take over (storage/cluster/heartbeat.py)."""
_FEEL_S = 0.25
_GRACE_S = 1.0
_LOOK_S = 0.005


_PYTHONS = {signal.SIGPIPE, signal.SIGXFSZ}
"""Ignored by Python itself, here too; the command is started without that."""


def main(bot_pid: int, heartbeat: str, plan: str, argv: list[str]) -> int:
    _mind_signals()
    if os.getpgrp() != os.getpid():
        # Whoever else is in the group of the one who started us is not ours to kill.
        os.setpgid(0, 0)
    signal.signal(signal.SIGUSR1, _kill_all)
    if heartbeat != "-":
        signal.signal(signal.SIGALRM, lambda *_: None if _awake(heartbeat) else _kill_all())
        signal.setitimer(signal.ITIMER_REAL, _FEEL_S, _FEEL_S)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1, 0, 0, 0)
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.getppid() != bot_pid:
        # The bot died before the kernel knew that we want to be told.
        _kill_all()
    for asked_to_stop in (signal.SIGINT, signal.SIGTERM):
        # The command answers these. A handler, unlike SIG_IGN, is not inherited by the command.
        signal.signal(asked_to_stop, _leave_it_to_the_command)
    try:
        pid = _start(plan, argv)
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        return NOT_STARTED
    code = _exit_code(_wait_for(pid))
    _end_the_rest()
    return code


def _mind_signals() -> None:
    """What the bot was started to ignore (nohup, a shell's background) the command does not ignore."""
    for each in signal.valid_signals() - _PYTHONS:
        if signal.getsignal(each) is signal.SIG_IGN:
            signal.signal(each, signal.SIG_DFL)


def _start(plan: str, argv: list[str]) -> int:
    if plan == "-":
        return os.posix_spawn(argv[0], argv, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
    import json

    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    import confine  # type: ignore[import-not-found]  # beside this file, which runs alone

    return int(confine.start(json.loads(plan), argv))


def _awake(heartbeat: str) -> bool:
    """Whether the bot was awake a short time ago; a heartbeat that is gone has stopped."""
    try:
        with open(heartbeat) as file:
            last = float(file.read())
    except (OSError, ValueError):
        return False
    return time.clock_gettime(time.CLOCK_BOOTTIME) - last < STALE


def _wait_for(pid: int) -> int:
    """The command's wait status; orphans that end meanwhile are reaped on the way."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return status


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _end_the_rest() -> None:
    """SIGTERM, and after a grace SIGKILL, to what is left; each that dies hands its own children to us."""
    kill_at = time.monotonic() + _GRACE_S
    asked: set[int] = set()
    while _anything_left():
        late = time.monotonic() >= kill_at
        for pid in _children():
            if late or pid not in asked:
                _signal(pid, signal.SIGKILL if late else signal.SIGTERM)
                asked.add(pid)
        time.sleep(_LOOK_S)
        if late and not _children():
            return


def _anything_left() -> bool:
    """Reaps what has ended; False when there are no children at all."""
    with suppress(ChildProcessError):
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
    return False


def _children() -> list[int]:
    """Our direct children; none where the kernel does not list them (CONFIG_PROC_CHILDREN)."""
    with suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as listing:
        return [int(pid) for pid in listing.read().split()]
    return []


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _leave_it_to_the_command(_signal: int, _frame: FrameType | None) -> None:
    return None


def _kill_all(_number: int = 0, _frame: FrameType | None = None) -> None:
    """Kill the children, then those that come to us because their parents died, whatever group they are in."""
    while _anything_left() and (children := _children()):
        for pid in children:
            _signal(pid, signal.SIGKILL)
        time.sleep(_LOOK_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    ended_with = main(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
    sys.stderr.flush()
    os._exit(ended_with)  # nothing is left to be tidied up: that takes Python longer than most commands
