"""Where a run's commands run: in its own checkout or in the shared one, with a home of the run's own."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.execution.files import belongs_to, give, make_root, remove
from bot.execution.plan import TEMPORARY, How, Place
from bot.runs.checkouts.caches import Kept, hand_on, newest
from bot.runs.outcome import Context
from bot.tools import Tools
from bot.tools.git.client import alone

_GITCONFIG = "[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n"
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
_OWN_REFS = " refs/neonops/"


def builds_of(tools: Tools, data_dir: Path) -> Path:
    """The directory below which runs have their checkouts and homes."""
    return tools.builds or data_dir.resolve()


def home_of(builds: Path, run_id: int) -> Path:
    """The home of a run's commands; it goes when the run's checkout goes."""
    return builds / "homes" / f"run-{run_id}"


def make_roots(tools: Tools, builds: Path) -> None:
    """The directories above those of the runs."""
    passable = tools.isolation.own_users and tools.isolation.namespaces is None
    for name in ("worktrees", "homes"):
        make_root(builds / name, passable=passable)
    make_root(builds / "caches", passable=False)


async def place_of(context: Context, directory: Path, *, own: bool) -> Place:
    """The place for commands below this directory; `own`: it is the run's own checkout, else it is shared."""
    tools, builds = context.tools, builds_of(context.tools, context.data_dir)
    user, home = tools.isolation.user_of(context.run.id), home_of(builds, context.run.id)
    await asyncio.to_thread(make_roots, tools, builds)
    async with alone(builds / "homes"):
        await asyncio.to_thread(_make_home, home, user, newest(builds, tools.now()))
        if own and tools.isolation.confined:
            await asyncio.to_thread(hand_over, directory, user)
    rules = _own_rules(directory, tools.checkout) if own else _shared_rules(directory, user)
    return Place(tools.isolation, tools.ground, home, user, rules)


def _make_home(home: Path, user: int | None, caches: Kept | None) -> None:
    """Whole or not at all: what a crash left half made is made anew."""
    if home.exists():
        return
    making = home.with_name(f".{home.name}.new")
    remove(making)
    (making / TEMPORARY).mkdir(mode=0o700, parents=True)
    (making / ".gitconfig").write_text(_GITCONFIG, "ascii")
    if caches:
        hand_on(caches, making, home)
    give(making, user)
    making.rename(home)


def hand_over(checkout: Path, user: int | None) -> None:
    """Make the checkout a repository of its own, which only borrows the clone's objects, and give it to the user.

    What a command does to it (hooks, configuration, index) concerns no other git, and the clone's configuration, in
    which a password may stand, is not there. It is done once: afterwards nothing in the checkout is to be trusted.
    """
    mark = mark_of(checkout)
    if mark.exists():
        return
    about = Path((checkout / ".git").read_text("utf-8").removeprefix("gitdir: ").strip())
    _detach(checkout, about, _common_of(about))
    give(checkout, user)
    mark.touch()


def mark_of(checkout: Path) -> Path:
    """The file that says that the checkout was handed over; commands cannot reach it."""
    return checkout.with_name(f".given-{checkout.name}")


def making_of(checkout: Path) -> Path:
    """Where its own `.git` is made: beside it, since within it a commit may have laid a link in the way."""
    return checkout.with_name(f".git-{checkout.name}")


def _detach(checkout: Path, about: Path, common: Path) -> None:
    made = making_of(checkout)
    remove(made)
    (made / "objects" / "info").mkdir(parents=True)
    (made / "objects" / "info" / "alternates").write_text(f"{common / 'objects'}\n", "utf-8")
    (made / "config").write_text(_CONFIG, "ascii")
    for name in ("HEAD", "index"):
        shutil.copyfile(about / name, made / name)
    shutil.copytree(common / "refs", made / "refs", ignore=shutil.ignore_patterns("neonops"))
    if (common / "shallow").exists():
        shutil.copyfile(common / "shallow", made / "shallow")
    if (common / "packed-refs").exists():
        lines = (common / "packed-refs").read_text("utf-8", "surrogateescape").splitlines(keepends=True)
        kept = "".join(line for line in lines if _OWN_REFS not in line)
        (made / "packed-refs").write_text(kept, "utf-8", "surrogateescape")
    (checkout / ".git").unlink()
    made.rename(checkout / ".git")


def _common_of(about: Path) -> Path:
    """The clone's own `.git`, from that of one of its checkouts."""
    pointer = about / "commondir"
    return (about / pointer.read_text("utf-8").strip()).resolve() if pointer.exists() else about


def _own_rules(checkout: Path, clone: Path) -> dict[Path, How]:
    """The checkout to work in, and to read the objects that it borrows from the clone."""
    common = _clones_common(clone / ".git")
    return {checkout: "rw", **dict.fromkeys(_objects(common / "objects"), "ro")}


def _clones_common(found: Path) -> Path:
    """The `.git` of the clone, which may be a checkout of another one itself."""
    return _common_of(Path(found.read_text("utf-8").removeprefix("gitdir: ").strip())) if found.is_file() else found


def _objects(directory: Path) -> Iterator[Path]:
    """A directory of objects, and those that it borrows from (gitrepository-layout(5))."""
    yield directory
    listed = directory / "info" / "alternates"
    for line in listed.read_text("utf-8").splitlines() if listed.is_file() else ():
        yield from _objects(Path(os.path.normpath(directory / line)))


def _shared_rules(directory: Path, user: int | None) -> dict[Path, How]:
    """The shared checkout to work in, without a way to git's hooks and configuration, which the bot's own git reads."""
    found = directory / ".git"
    rules: dict[Path, How] = {directory: "rw" if belongs_to(directory, user) else "own"}
    if found.is_dir():
        return {**rules, found: "ro", found / "config": "none"}
    return {**rules, found: "ro"} if found.exists() else rules
