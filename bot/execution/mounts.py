"""Lays out what a confined command sees of the file system. Loaded by `confine.py`; standard library only; Linux."""

import ctypes
import os
from contextlib import suppress
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
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


def lay_out(plan: dict[str, Any], maps: dict[str, int]) -> None:
    """A new root in which only what the plan names is seen, in its order: what comes later lies over the rest."""
    _mount(None, "/", None, _REC | _PRIVATE)
    base = next(place for place in ("/tmp", "/mnt", "/run") if os.path.isdir(place))
    _mount("tmpfs", base, "tmpfs", _NOSUID | _NODEV, "mode=755")
    os.mkdir(base + _OLD, 0o700)
    call("pivot_root", base.encode(), (base + _OLD).encode())
    os.chdir("/")
    for how, path in plan["view"]:
        _show(how, path, maps)
    _devices()
    _mount("proc", _directory("/proc"), "proc", _NOSUID | _NODEV | _NOEXEC)
    call("umount2", _OLD.encode(), _DETACH)
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
        tree = call("syscall", _OPEN_TREE, _AT_FDCWD, source.encode(), 1 | os.O_CLOEXEC)
        _attribute(tree, "", _AT_EMPTY_PATH, set=_ATTR_IDMAP | _NOSUID | _NODEV, fd=mapping)
        call("syscall", _MOVE_MOUNT, tree, b"", _AT_FDCWD, target.encode(), 4)
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


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    words = [word.encode() if word else None for word in (source, target, kind)]
    call("mount", *words, ctypes.c_ulong(flags), options.encode() or None, about=target)


def _attribute(place: int, path: str, flags: int, *, set: int, fd: int = 0) -> None:
    asked = _Attributes(set, 0, 0, fd)
    size = ctypes.c_size_t(ctypes.sizeof(asked))
    call("syscall", _MOUNT_SETATTR, place, path.encode(), flags, ctypes.byref(asked), size, about=path)


def call(name: str, *arguments: Any, about: str = "") -> int:
    """A function of the C library, or a system call; an OSError when it fails."""
    result: int = getattr(_LIBC, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}", about or None)
    return result
