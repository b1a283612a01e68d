"""PostgreSQL's own programs: why one of them did not do what it was asked, in one sentence."""

import re
import shlex
from datetime import timedelta
from pathlib import Path

from bot.execution.shell import Outcome
from bot.text import say, shorten, span
from bot.text.legible import lines_of

_VERSIONS = re.compile(r"server version: ([\d.]+).*?version: ([\d.]+)", re.DOTALL)
_FULL = ("No space left on device", "Disk quota exceeded")


def why_not(argv: tuple[str, ...], ended: Outcome) -> str:
    """What is missing or wrong; the program's own last lines when it is nothing that is known."""
    program = Path(argv[0]).name if "copy_rows" not in " ".join(argv) else "pg_restore"
    if ended.reason == "not_found":
        return say(
            "{program} is not installed where NeonOps runs: put PostgreSQL's programs on its PATH.", program=program
        )
    if "server version mismatch" in ended.tail and (versions := _VERSIONS.search(ended.tail)):
        server, ours = versions.groups()
        return say("{program} {ours} is older than the database's PostgreSQL {server}: install {server} or newer.",
                   program=program, ours=ours, server=server)  # fmt: skip
    if any(words in ended.tail for words in _FULL):
        return say("The disk of the data directory is full, so that {program} could not write.", program=program)
    return _otherwise(program, argv, ended)


def _otherwise(program: str, argv: tuple[str, ...], ended: Outcome) -> str:
    tail = shorten("\n".join(lines_of(ended.tail)[-4:]) or shlex.join(argv), 600)
    if ended.reason in ("timed_out", "idle"):
        return say("{program} was stopped after {time}: it took too long.\n{tail}", program=program, tail=tail,
                   time=span(timedelta(seconds=ended.duration_s)))  # fmt: skip
    return say("{program} failed: {tail}", program=program, tail=tail)
