"""What a command sees of the file system: rules by path, of which the most specific one wins."""

import json
import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.execution.mode import Isolation

How = Literal["ro", "rw", "own", "tmp", "none"]
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix", "/etc", "/sys")
"""What belongs to the machine and not to anybody: read by every command."""
TEMPORARY = "tmp"
PROGRAM_FOLDERS = {"bin", "sbin", "shims", ".bin"}
_OUTSIDE_ETC = ("resolv.conf", "hosts", "localtime")
"""Files of /etc that are links out of it on many machines."""


@dataclass(frozen=True)
class Ground:
    """What does not change between commands: `private` places are seen by none, `tools` are read by all."""

    private: tuple[Path, ...] = ()
    tools: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where one command runs: as whom, in what, with which home; `rules` are what it sees beside the ground."""

    isolation: Isolation
    ground: Ground
    home: Path
    user: int | None = None
    rules: Mapping[Path, How] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the command gets instead of the bot's own; where /tmp is everybody's, a directory for such files."""
        own = {"HOME": str(self.home)}
        return own if self.isolation.namespaces else {**own, "TMPDIR": str(self.home / TEMPORARY)}

    def plan(self, cwd: Path, env: Mapping[str, str], argv: Sequence[str]) -> str | None:
        """The plan that `bot/execution/confine.py` carries out, as JSON; None = none can be."""
        if not self.isolation.confined:
            return None
        rules = {**rules_of(self.ground, env, argv), **self.rules, self.home: "rw"}
        owned = {str(path): _owner(path) for path, how in rules.items() if how == "own"}
        view = view_of(rules) if self.isolation.namespaces else []
        return json.dumps({"uid": self.user, "namespaces": self.isolation.namespaces, "maps": owned, "view": view,
                           "cwd": str(cwd)})  # fmt: skip


def view_of(rules: Mapping[Path, How]) -> list[tuple[str, str]]:
    """Shallow paths first, so that what lies deeper is laid over them; then links for paths written in another way."""
    real = {path.resolve(): how for path, how in rules.items()}
    shown = sorted(((how, str(path)) for path, how in real.items()), key=lambda rule: rule[1].count(os.sep))
    links = [(f"->{path.resolve()}", str(path)) for path, how in rules.items() if path.resolve() != path]
    return [*shown, *links]


def rules_of(ground: Ground, env: Mapping[str, str], argv: Sequence[str]) -> dict[Path, How]:
    """The system, the tools, and the files that the runbook names in the command, without what is private."""
    trees = _trees(env.get("PATH", ""), ground.private)
    named = [Path(word) for word in argv[1:] if _is_for_all(word, ground.private)]
    tools = [each for each in (*ground.tools, *trees, Path(argv[0]), *named) if _is_tool(each)]
    rules: dict[Path, How] = dict.fromkeys([*map(Path, SYSTEM), *_linked(), *tools], "ro")
    rules |= dict.fromkeys([*ground.private, *(closed for tree in trees for closed in _closed_in(tree))], "none")
    return rules | {Path("/tmp"): "tmp", Path("/var/tmp"): "tmp"}


def _trees(path: str, private: Iterable[Path]) -> list[Path]:
    """The folders on PATH, each with the tree that it is the `bin` of, unless something private lies in that."""
    folders = [Path(word) for word in dict.fromkeys(path.split(os.pathsep)) if os.path.isabs(word)]
    own = [each for each in folders if not _in_system(each)]
    kept = tuple(private)
    trees = [each.parent for each in own if each.name in PROGRAM_FOLDERS and each.parent.name != ".local"]
    return [*own, *(tree for tree in trees if not any(_is_below(each, tree) for each in kept))]


def _is_for_all(word: str, private: Iterable[Path]) -> bool:
    """Whether a word of a command is the path of a file that everybody may read."""
    if not os.path.isabs(word) or not os.path.isfile(word):
        return False
    path = Path(word).resolve()
    return bool(path.stat().st_mode & stat.S_IROTH) and not any(_is_below(path, each.resolve()) for each in private)


def _is_tool(path: Path) -> bool:
    """Whether it is shown by a rule of its own."""
    return path.is_absolute() and not any(_is_below(path, Path(root)) for root in (*SYSTEM, "/proc", "/dev"))


def _is_below(path: Path, root: Path) -> bool:
    return path == root or root in path.parents


def _in_system(path: Path) -> bool:
    return any(_is_below(path, Path(root)) for root in SYSTEM)


def _linked() -> list[Path]:
    found = [Path("/etc", name).resolve() for name in _OUTSIDE_ETC]
    return [path for path in found if not _in_system(path) and path.exists()]


def _owner(path: Path) -> tuple[int, int]:
    there = path.stat()
    return there.st_uid, there.st_gid


def ground_of(private: Iterable[Path | None], tools: Iterable[Path], isolation: Isolation) -> Ground:
    """The ground of this process: its own Python is a tool; what only it may read in /etc is private."""
    hidden = {path.absolute() for path in private if path} - {Path("/")}
    secrets = _unreadable_by_others(Path("/etc")) if isolation.namespaces == "user" else ()
    return Ground((*sorted(hidden), *secrets), (*tools, Path(sys.prefix), Path(sys.base_prefix)))


def _unreadable_by_others(root: Path) -> list[Path]:
    """What below a directory the bot may read and others may not: as its user, a command could as well."""
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        closed = [name for name in folders if _is_closed(Path(folder, name), stat.S_IXOTH)]
        found += [Path(folder, name) for name in closed]
        found += [Path(folder, name) for name in files if _is_closed(Path(folder, name), stat.S_IROTH)]
        folders[:] = [name for name in folders if name not in closed]
    return found


def _closed_in(tree: Path) -> list[Path]:
    """What lies in a tree of tools and is not meant for everybody: credentials, say."""
    try:
        return [each for each in tree.iterdir() if _is_closed(each, stat.S_IROTH)]
    except OSError:
        return []


def _is_closed(path: Path, bit: int) -> bool:
    there = path.lstat()
    return not stat.S_ISLNK(there.st_mode) and not there.st_mode & bit and os.access(path, os.R_OK)
