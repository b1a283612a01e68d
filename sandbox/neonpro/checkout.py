"""A practice checkout of NeonPro: a git repository with an origin, and the command-line tools its steps run.

directory/origin.git    where `git pull` pulls from; one commit ahead of the checkout
directory/checkout      the working copy (`workdir`), with one migration that is not applied yet
directory/bin           the tools (`bin_dir`): put it first in PATH
directory/state         what the switches tell the tools, one file each; an empty file is "off"
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.neonpro.database.migrations import APPLIED, FOLDER, TEMPLATE, bundled
from sandbox.neonpro.database.postgres import NoPostgres, programs
from sandbox.neonpro.history import COMMITS, DAY

TOOLS = ("bun", "bunx", "supabase", "vercel")
POSTGRES_TOOLS = ("pg_dump", "pg_dumpall", "pg_restore", "psql")
_PARTS = ("origin.git", "checkout", "bin", "state")
_PENDING = 8  # the commit that brings the migration which is not applied yet


@dataclass(frozen=True)
class Checkout:
    """`commits` are (sha, message, author), oldest first; the last one is only at the origin."""

    workdir: Path
    bin_dir: Path
    state_dir: Path
    commits: tuple[tuple[str, str, str], ...]


def make_checkout(directory: Path) -> Checkout:
    """Make it afresh; an earlier one in `directory` is replaced. Raises ValueError when the directory is something
    else's, subprocess.CalledProcessError when git fails."""
    _clear(directory)
    workdir, bin_dir, state_dir = (directory / part for part in _PARTS[1:])
    for path in (workdir, bin_dir, state_dir):
        path.mkdir(parents=True)
    commits = _history(workdir, directory / "origin.git") if shutil.which("git") else _plain(workdir)
    made = Checkout(workdir, bin_dir, state_dir, commits)
    _write_tools(made)
    write_state(made, "commits", "\n".join("\t".join(one) for one in commits))
    return made


def write_state(checkout: Checkout, name: str, value: str) -> None:
    """Tell the tools something. The DSN goes into the checkout's .env too, where Prisma looks for it.

    The tools may run as somebody else than we: nothing of this is a secret outside the practice.
    """
    (checkout.state_dir / name).write_text(value)
    (checkout.state_dir / name).chmod(0o644)
    if name == "dsn" and value:
        _private(checkout.workdir / ".env", f'DATABASE_URL="{value}"\nDIRECT_URL="{value}"\n')


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _clear(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    there = {one.name for one in directory.iterdir()} & set(_PARTS)
    if there and not (directory / "state" / "commits").exists():
        raise ValueError(f"{directory} holds something that is not a practice checkout; choose another directory")
    for part in there:
        shutil.rmtree(directory / part)


def _plain(workdir: Path) -> tuple[tuple[str, str, str], ...]:
    shutil.copytree(TEMPLATE, workdir, dirs_exist_ok=True)
    return tuple((one.sha, one.message, one.author) for one in COMMITS)


def _history(workdir: Path, origin: Path) -> tuple[tuple[str, str, str], ...]:
    _git(workdir.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    _git(workdir, "init", "--quiet", "--initial-branch=main")
    pending = f"{FOLDER}/{bundled()[APPLIED].name}"
    for number in range(len(COMMITS)):
        _change(workdir, number, pending)
        _commit(workdir, number)
    _git(workdir, "remote", "add", "origin", str(origin))
    _git(workdir, "push", "--quiet", "--set-upstream", "origin", "main")
    _git(workdir, "reset", "--quiet", "--hard", "HEAD~1")
    _git(workdir, "update-ref", "refs/remotes/origin/main", "HEAD")
    shas = _git(origin, "rev-list", "--reverse", "main").split()
    return tuple((sha, one.message, one.author) for sha, one in zip(shas, COMMITS, strict=True))


def _change(workdir: Path, number: int, pending: str) -> None:
    if number == 0:
        shutil.copytree(TEMPLATE, workdir, dirs_exist_ok=True)
        shutil.rmtree(workdir / pending)
    if number == _PENDING:
        shutil.copytree(TEMPLATE / pending, workdir / pending)
    if number == len(COMMITS) - 1:
        with (workdir / "README.md").open("a") as readme:
            readme.write("\nEvery appointment names its reminder channel: e-mail, SMS or WhatsApp.\n")
    with (workdir / "CHANGELOG.md").open("a") as changelog:
        changelog.write(f"- {COMMITS[number].message}\n")


def _commit(workdir: Path, number: int) -> None:
    author = COMMITS[number].author
    at = f"{int(time.time() - (len(COMMITS) - number) * 2.3 * DAY)} +0000"
    email = author.split(maxsplit=1)[0].lower() + "@neonpro.example"
    who = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": at}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    _git(workdir, "add", "--all")
    _git(workdir, "commit", "--quiet", "--message", COMMITS[number].message, env=who)


def _git(cwd: Path, *words: str, env: dict[str, str] | None = None) -> str:
    # A person's own configuration (signing, hooks, another default branch) has no say here.
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ.get("PATH", os.defpath)}
    argv = ["git", "-c", "core.hooksPath=" + os.devnull, *words]
    done = subprocess.run(argv, cwd=cwd, env=own | (env or {}), check=True, capture_output=True, text=True)
    return done.stdout


def _write_tools(checkout: Checkout) -> None:
    root = Path(__file__).parents[2]
    start = f"{shlex.quote(sys.executable)} -m sandbox.neonpro.tools"
    about = {"PYTHONPATH": root, "NEONPRO_PRACTICE": checkout.state_dir, "PYTHONDONTWRITEBYTECODE": 1}
    env = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in about.items())
    ours = (*TOOLS, *(() if shutil.which("git") else ("git",)))
    for tool in ours:
        _executable(checkout.bin_dir / tool, f'{env} exec {start} {tool} "$@"')
    try:
        found = programs()
    except NoPostgres:
        _executable(checkout.bin_dir / "pg_dump", f'{env} exec {start} pg_dump "$@"')
        return
    for tool in POSTGRES_TOOLS:
        if (found / tool).exists():
            _executable(checkout.bin_dir / tool, f'exec {shlex.quote(str(found / tool))} "$@"')


def _executable(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)
