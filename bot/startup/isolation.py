"""Finds out what this machine allows, by doing it: a command that ends at once is started in each way."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.execution.mode import FIRST_USER, Allowed, Isolation, decide
from bot.execution.plan import Ground, Place
from bot.execution.shell import supervised
from bot.text import say

PATIENCE_S = 10.0
_POWERS = (0, 5, 6, 7)
"""CAP_CHOWN, CAP_KILL, CAP_SETGID, CAP_SETUID (capabilities(7))."""
_WAYS = {
    "own_root": Isolation(own_users=True, namespaces="root"),
    "users": Isolation(own_users=True),
    "own_user": Isolation(namespaces="user"),
}


def find_isolation(builds: Path) -> Isolation:
    """What commands whose checkouts are below this directory get here. What is weaker than what works is not tried."""
    found: dict[str, str] = dict.fromkeys(_WAYS, say("not tried"))
    for name in _WAYS:
        why = _why_not(name, os.geteuid()) or (_closed(builds) if name == "users" else None)
        if why is None:
            return decide(Allowed(**{**found, name: None}))
        found[name] = why
    return decide(Allowed(**found))


def allowed() -> Mapping[str, str | None]:
    """For each way None, or why it is not possible here."""
    return {name: _why_not(name, os.geteuid()) for name in _WAYS}


def _closed(builds: Path) -> str | None:
    """Without namespaces, another user gets to a checkout only where every directory above it lets him."""
    closed = closed_to_others(builds)
    sentence = "{path} is closed to other users: set NEONOPS_BUILD_DIR to a directory that is not"
    return say(sentence, path=closed) if closed else None


def closed_to_others(path: Path) -> Path | None:
    """The directory that other users may not pass on their way to this one, if there is any."""
    return next((each for each in (path, *path.parents) if each.exists() and not each.stat().st_mode & 1), None)


def is_for_all(path: Path) -> bool:
    """Whether everybody may read the file, as far as the file itself goes."""
    return bool(path.stat().st_mode & stat.S_IROTH)


@cache
def _why_not(name: str, _user: int) -> str | None:
    """None when a command can be run so; else what the kernel said. Asked once a process, for each user that it was."""
    if sys.platform != "linux":
        return say("this is not Linux")
    way = _WAYS[name]
    user = FIRST_USER if way.own_users else None
    if way.own_users and not _has_powers():
        return say("NeonOps may not switch users")
    program, env = "/bin/true", {"PATH": "/usr/bin:/bin"}
    plan = Place(way, Ground(), Path("/nonexistent"), user).plan(Path("/"), env, (program,))
    argv = supervised(program, (), plan=plan)
    try:
        ended = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    said = ended.stderr.strip().splitlines() or [say("exit code {code}", code=ended.returncode)]
    return said[-1].rpartition("isolated: ")[2] if ended.returncode else None


def _has_powers() -> bool:
    """Whether this process may become another user, give files away and end what others run (capabilities(7))."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    effective = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff"))
    return all(effective >> number & 1 for number in _POWERS)
