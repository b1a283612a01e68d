"""Starts a command where it can reach only what a plan names. Loaded by `supervisor.py`; standard library only; Linux.

The plan (made by `bot/execution/plan.py`) has `uid` (null: stay who we are), `namespaces` (`root`: made with root's
powers, `user`: in a user namespace of one's own, null: none), `view` (what the command sees of the file system), `maps`
(owner on disk of directories that appear as the command's own) and `cwd`.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mounts import call, lay_out  # type: ignore[import-not-found]  # beside this file, which runs alone

NOT_STARTED = 126
GRACE_S = 1.0
"""How long what a command leaves behind may take to end after SIGTERM."""
_LOOK_S = 0.005
_NEW_USER, _NEW_ALL = 0x10000000, 0x20000 | 0x20000000 | 0x08000000  # mounts, processes, System V IPC (unshare(2))
_SET_DEATH_SIGNAL, _DROP_BOUNDING, _NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_AMBIENT = 1, 24, 38, 47, 4  # prctl(2)


def start(plan: dict[str, Any], argv: list[str]) -> int:
    """Fork, and run the command by the plan; the child's process id. What goes wrong there is said on its stderr."""
    return _forked(lambda: _namespaced(plan, argv) if plan["namespaces"] else _command(plan, argv))


def _forked(body: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = NOT_STARTED
    try:
        code = body()
    except OSError as error:
        sys.stderr.write(f"neonops: the command could not be isolated: {error}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _command(plan: dict[str, Any], argv: list[str]) -> int:
    """Become the command."""
    _become(plan)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
    try:
        os.chdir(plan["cwd"])
        os.execve(argv[0], argv, os.environ)
    except OSError as error:
        sys.stderr.write(f"{error.filename or argv[0]}: {error.strerror}\n")
    return NOT_STARTED


def _namespaced(plan: dict[str, Any], argv: list[str]) -> int:
    """Be outside, and wait for the first process of the new namespaces; all in them dies with it."""
    maps = {name: _mapping(owner, plan) for name, owner in plan["maps"].items()}
    uid, gid = os.getuid(), os.getgid()
    call("unshare", _NEW_ALL | (_NEW_USER if plan["namespaces"] == "user" else 0))
    if plan["namespaces"] == "user":
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            _write(f"/proc/self/{name}", text)
    return _ended(_forked(lambda: _first(plan, argv, maps)))


def _first(plan: dict[str, Any], argv: list[str], maps: dict[str, int]) -> int:
    """Be process 1: lay out what is seen, start the command, reap, and end what it leaves."""
    call("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    os.umask(0o022)
    lay_out(plan, maps)
    pid = _forked(lambda: _command(plan, argv))
    _become(plan)
    call("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)  # a change of user had cleared it
    code = _ended(pid)
    _end_the_rest()
    return code


def _ended(pid: int) -> int:
    """The exit code of this child, 128 + n for signal n; others that end meanwhile are reaped."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_the_rest() -> None:
    with suppress(OSError):
        os.kill(-1, signal.SIGTERM)
    late = time.monotonic() + GRACE_S
    with suppress(ChildProcessError):
        while time.monotonic() < late:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(_LOOK_S)


def _become(plan: dict[str, Any]) -> None:
    """Be who the plan says, without any privilege, for ever."""
    with suppress(OSError):
        for capability in range(64):
            call("prctl", _DROP_BOUNDING, capability, 0, 0, 0)
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    with suppress(OSError):
        call("prctl", _AMBIENT, _CLEAR_AMBIENT, 0, 0, 0)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    call("capset", header, none)
    call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _mapping(owner: list[int], plan: dict[str, Any]) -> int:
    """A user namespace that shows the owner on disk (uid, gid) as the command's user: its descriptor."""
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        call("unshare", _NEW_USER)
        os.write(go, b".")
        signal.pause()
    os.read(ready, 1)
    try:
        for name, inside in zip(("uid_map", "gid_map"), owner, strict=True):
            _write(f"/proc/{pid}/{name}", f"{inside} {plan['uid']} 1")
        return os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(go)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
