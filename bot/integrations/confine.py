"""Starts a command where it can reach only what a plan names. Loaded by `guard.py`; standard library only; Linux.

The plan (made by `bot/isolation/plan.py`) has `uid` (null: stay who we are), `namespaces` (`root`: made with root's
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

NOT_STARTED = 126
GRACE_S = 1.0
"""How long what a command leaves behind may take to end after SIGTERM."""
_LOOK_S = 0.005
_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_USER, _NEW_ALL = 0x10000000, 0x20000 | 0x20000000 | 0x08000000  # mounts, processes, System V IPC (unshare(2))
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
_SET_DEATH_SIGNAL, _DROP_BOUNDING, _NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_AMBIENT = 1, 24, 38, 47, 4  # prctl(2)
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442  # the same number on every architecture
_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE, _ATTR_IDMAP = -100, 0x1000, 0x8000, 0x100000
_OLD = "/.old"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


class _Attributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("spread", ctypes.c_uint64),
        ("fd", ctypes.c_uint64),
    )


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
    _call("unshare", _NEW_ALL | (_NEW_USER if plan["namespaces"] == "user" else 0))
    if plan["namespaces"] == "user":
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            _write(f"/proc/self/{name}", text)
    return _ended(_forked(lambda: _first(plan, argv, maps)))


def _first(plan: dict[str, Any], argv: list[str], maps: dict[str, int]) -> int:
    """Be process 1: lay out what is seen, start the command, reap, and end what it leaves."""
    _call("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    os.umask(0o022)
    _lay_out(plan, maps)
    pid = _forked(lambda: _command(plan, argv))
    _become(plan)
    _call("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)  # a change of user had cleared it
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
            _call("prctl", _DROP_BOUNDING, capability, 0, 0, 0)
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    with suppress(OSError):
        _call("prctl", _AMBIENT, _CLEAR_AMBIENT, 0, 0, 0)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _call("capset", header, none)
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _lay_out(plan: dict[str, Any], maps: dict[str, int]) -> None:
    """A new root in which only what the plan names is seen, in its order: what comes later lies over the rest."""
    _mount(None, "/", None, _REC | _PRIVATE)
    base = next(place for place in ("/tmp", "/mnt", "/run") if os.path.isdir(place))
    _mount("tmpfs", base, "tmpfs", _NOSUID | _NODEV, "mode=755")
    os.mkdir(base + _OLD, 0o700)
    _call("pivot_root", base.encode(), (base + _OLD).encode())
    os.chdir("/")
    for how, path in plan["view"]:
        _show(how, path, maps)
    _devices()
    _mount("proc", _directory("/proc"), "proc", _NOSUID | _NODEV | _NOEXEC)
    _call("umount2", _OLD.encode(), _DETACH)
    os.rmdir(_OLD)
    _mount(None, "/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)


def _show(how: str, path: str, maps: dict[str, int]) -> None:
    """`ro`, `rw`: as it is outside; `own`: writable, and owned by the command; `tmp`: new and empty; `none`: hidden;
    `->PATH`: a link to it, unless something is there."""
    old = _OLD + path
    if how == "tmp":
        _mount("tmpfs", _directory(path), "tmpfs", _NOSUID | _NODEV, "mode=1777")
    elif how == "none":
        _hide(path)
    elif how.startswith("->"):
        _link(path, how[2:])
    elif how == "own":
        _bind_mapped(old, _directory(path), maps[path])
    elif os.path.exists(old):
        _bind(old, _directory(path) if os.path.isdir(old) else _file(path), _RDONLY if how == "ro" else 0)


def _bind(source: str, target: str, read_only: int) -> None:
    _mount(source, target, None, _BIND | _REC)
    _attribute(_AT_FDCWD, target, _AT_RECURSIVE, set=read_only | _NOSUID | _NODEV)


def _bind_mapped(source: str, target: str, mapping: int) -> None:
    """On a disk that cannot do this it is shown as it is: then the command may write only what anybody may."""
    try:
        tree = _call("syscall", _OPEN_TREE, _AT_FDCWD, source.encode(), 1 | os.O_CLOEXEC)
        _attribute(tree, "", _AT_EMPTY_PATH, set=_ATTR_IDMAP | _NOSUID | _NODEV, fd=mapping)
        _call("syscall", _MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), 4)
        os.close(tree)
    except OSError:
        _bind(source, target, 0)


def _hide(path: str) -> None:
    if os.path.isdir(path):
        _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, "mode=755")
    elif os.path.exists(path):
        _mount(_OLD + "/dev/null", path, None, _BIND)


def _devices() -> None:
    _mount("tmpfs", _directory("/dev"), "tmpfs", _NOSUID, "mode=755")
    for name in _DEVICES:
        if os.path.exists(f"{_OLD}/dev/{name}"):
            _mount(f"{_OLD}/dev/{name}", _file(f"/dev/{name}"), None, _BIND)
    for name, to in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(f"/proc/self/{to}", f"/dev/{name}")
    _mount("tmpfs", _directory("/dev/shm"), "tmpfs", _NOSUID | _NODEV, "mode=1777")
    with suppress(OSError):  # terminals for those that want one; not every kernel lets us
        _mount("devpts", _directory("/dev/pts"), "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666,mode=620")
        os.symlink("pts/ptmx", "/dev/ptmx")


def _directory(path: str) -> str:
    os.makedirs(path, 0o755, exist_ok=True)
    return path


def _file(path: str) -> str:
    _directory(os.path.dirname(path))
    if not os.path.exists(path):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    return path


def _link(path: str, to: str) -> None:
    with suppress(OSError):  # it is there already, or its folder is read-only
        _directory(os.path.dirname(path))
        os.symlink(to, path)


def _mapping(owner: list[int], plan: dict[str, Any]) -> int:
    """A user namespace that shows the owner on disk (uid, gid) as the command's user: its descriptor."""
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        _LIBC.unshare(_NEW_USER)
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


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    words = [word.encode() if word else None for word in (source, target, kind)]
    _call("mount", *words, ctypes.c_ulong(flags), options.encode() or None, about=target)


def _attribute(place: int, path: str, flags: int, *, set: int, fd: int = 0) -> None:
    asked = _Attributes(set, 0, 0, fd)
    size = ctypes.c_size_t(ctypes.sizeof(asked))
    _call("syscall", _MOUNT_SETATTR, place, path.encode(), flags, ctypes.byref(asked), size, about=path)


def _call(name: str, *arguments: Any, about: str = "") -> int:
    """A function of the C library, or a system call; an OSError when it fails."""
    result: int = getattr(_LIBC, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}", about or None)
    return result
