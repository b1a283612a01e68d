"""Dumps: the wheel's own pg_dump where there is one, else a `pg_dump` that writes a believable small script."""

import subprocess
import sys
from pathlib import Path

from sandbox.neonpro.database.migrations import bundled
from sandbox.neonpro.database.postgres import NoPostgres, programs
from sandbox.neonpro.tools.stage import Failed, play, say, state

VERSION = "18.4"


def real(program: str, *words: str) -> str:
    """The output of one of PostgreSQL's own programs on the practice database. Raises Failed, NoPostgres."""
    if not state("dsn"):
        raise NoPostgres("the practice database was not started")
    argv = [str(programs() / program), *words, "--dbname", state("dsn")]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failed(done.stderr.strip(), done.returncode)
    return done.stdout


def schema() -> str:
    try:
        return real("pg_dump", "--schema-only", "--no-owner")
    except NoPostgres:
        return _HEAD + "\n".join(one.sql for one in bundled()[:3]) + _TAIL


def rows() -> str:
    try:
        return real("pg_dump", "--data-only", "--no-owner")
    except NoPostgres:
        users = "".join(f"usr_{n:05}\tuser{n:05}@example.com\n" for n in range(1, 241))
        return f"{_HEAD}COPY public.users (id, email) FROM stdin;\n{users}\\.\n{_TAIL}"


def roles() -> str:
    try:
        return real("pg_dumpall", "--roles-only", "--no-role-passwords")
    except NoPostgres:
        return f"{_HEAD}CREATE ROLE supabase_read_only_user;\n{_TAIL}"


def run(words: list[str]) -> int:
    """`pg_dump` where PostgreSQL's own is missing."""
    if words[:1] == ["--version"]:
        say(f"pg_dump (PostgreSQL) {VERSION}")
        return 0
    text, target = schema() + rows(), _target(words)
    play([], 0.8)
    if target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text)
    return 0


def _target(words: list[str]) -> Path | None:
    for number, word in enumerate(words):
        if word in ("-f", "--file") and number + 1 < len(words):
            return Path(words[number + 1])
        if word.startswith("--file="):
            return Path(word.removeprefix("--file="))
    return None


_HEAD = f"--\n-- PostgreSQL database dump\n--\n\n-- Dumped by pg_dump version {VERSION} (practice)\n\n"
_TAIL = "\n--\n-- PostgreSQL database dump complete\n--\n"
