"""`shell`: commands in the run's work directory, one after another; the first that fails ends the step."""

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.errors import Refusal
from bot.execution.shell import Command
from bot.execution.shell import Outcome as Ended
from bot.execution.shell import run as run_command
from bot.machine.private_files import make_private, touch
from bot.runbook.base import Duration, Line
from bot.runbook.libpq import libpq_environment
from bot.runbook.placeholders import PLACEHOLDERS, fill_word, placeholders
from bot.runbook.problems import Finding
from bot.runbook.problems import Path as Place
from bot.runbook.steps import EnvName, Step, StepKind
from bot.runs.checkouts import caches
from bot.runs.checkouts.worktrees import work_place
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import say, shorten, span
from bot.text.legible import lines_of


class ShellStep(Step):
    """Commands that run one after another in the work directory; the first that fails ends the step.

    The work directory is what the procedure's `git.worktree` made for this run, else NEONOPS_WORKDIR: one checkout, in
    which two shell steps must not run at the same time.
    """

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    runs_commands: ClassVar[bool] = True
    kind: Literal["shell"]
    run: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1, max_length=20)] = Field(
        description="argv lists, never a shell line: [[bun, install], [bun, test]]. "
        "{ref}, {sha}, {target}, {run} and {data} (a directory of the run's own) are filled in."
    )
    cwd: Line | None = Field(default=None, description="Below the work directory.")
    env: tuple[EnvName, ...] = Field(
        default=(), description="Environment variables that the commands may see beside PATH, HOME, LANG and TZ."
    )
    postgres: EnvName | None = Field(
        default=None,
        description="A variable that holds a PostgreSQL URL: the commands see it as PGHOST, PGUSER, PGPASSWORD …, "
        "which pg_dump, pg_restore and psql read, so that no password is ever an argument.",
    )
    idempotent: bool = Field(default=False, description="Safe to run again when it was interrupted.")
    migrates: bool = Field(
        default=False, description="It changes the database's schema: a rollback of the application leaves that."
    )
    timeout: Duration = timedelta(minutes=10)
    idle_timeout: Duration = timedelta(minutes=5)

    @property
    def mutates(self) -> bool:
        return not self.idempotent

    def shown(self) -> Iterator[str]:
        yield from (f"$ {' '.join(argv)}" for argv in self.run)

    def problems(self) -> Iterator[Finding]:
        for index, argv in enumerate(self.run):
            if not argv or not argv[0].strip():
                yield Finding(("run", index), say("an empty command"))
            for position, word in enumerate(argv):
                yield from _placeholders(word, ("run", index, position))
        if self.cwd and (self.cwd.startswith("/") or ".." in self.cwd.split("/")):
            yield Finding(("cwd",), say("must be below the work directory"), self.cwd)

    @property
    def changes_schema(self) -> bool:
        return self.migrates

    @property
    def programs(self) -> tuple[str, ...]:
        return tuple(argv[0] for argv in self.run)

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.env, self.postgres) if self.postgres else self.env

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What of `environ` the commands may see, the PG* variables of `postgres` included.

        Raises:
            Refusal: a variable is not set, or that of `postgres` does not hold a PostgreSQL URL.
        """
        missing = [name for name in self.env if name not in environ]
        if missing:
            raise Refusal(say("{names} must be set in NeonOps' environment for this step.", names=", ".join(missing)))
        allowed = {name: environ[name] for name in self.env}
        return allowed | (libpq_environment(self.postgres, environ) if self.postgres else {})


TAIL_LINES = 6
"""Lines of output that a failure shows on the card; the whole is in the output file."""


async def run(step: ShellStep, context: Context) -> Outcome:
    """Run the commands; the outcome's `output` is the file with all they printed (capped, masked)."""
    work, place = await work_place(context)
    directory = work / (step.cwd or ".")
    env = step.environment(context.tools.environment or {})
    asked = Command((), directory, Path(), env, idle_s=step.idle_timeout.total_seconds(), place=place)
    commands = (replace(asked, argv=fill(argv, context, place.home)) for argv in step.run)
    _note(context.output_path(), caches.told(place.home))
    return await in_turn(tuple(commands), step, context)


async def in_turn(commands: Sequence[Command], step: Step, context: Context) -> Outcome:
    """Run commands one after another within the step's time, until one fails; all print into its one output file."""
    log = context.output_path()
    make_private(log.parent)
    began = time.monotonic()
    for number, command in enumerate(commands, 1):
        part, left = log.with_suffix(f".{number}.part"), context.seconds_left(step)
        ended = await one(replace(command, output=part, timeout_s=left), context)
        if not ended.succeeded:
            return Failed(complaint(command.argv, ended), output=str(log))
    took = span(timedelta(seconds=time.monotonic() - began))
    return Done(say("done in {took}", took=took), output=str(log))


async def one(command: Command, context: Context) -> Ended:
    """Run a command, and add what it printed to the step's output file."""
    tools = context.tools
    environ = tools.environment or {}
    ended = await run_command(command, masker=tools.masker, on_line=context.report, environ=environ, lease=tools.lease)
    _append(context.output_path(), command.argv, ended)
    return ended


def _note(log: Path, words: str) -> None:
    """A line of the bot's own in the output."""
    if words:
        make_private(log.parent)
        touch(log)
        with log.open("a", encoding="utf-8") as whole:
            whole.write(f"[{words}]\n")


def fill(argv: tuple[str, ...], context: Context, home: Path) -> tuple[str, ...]:
    """The placeholders of a command filled in; nothing is ever split or interpreted by a shell."""
    values = {
        # An approved commit is what is fetched, wherever its branch has moved since.
        "ref": context.run.inputs.commit,
        "sha": context.run.inputs.sha or "",
        "target": ",".join(context.run.targets) or "all",
        "run": str(context.run.id),
        "data": str(home),
    }
    return tuple(fill_word(word, values) for word in argv)


def _append(log: Path, argv: tuple[str, ...], ended: Ended) -> None:
    printed = ended.path.read_bytes() if ended.path.exists() else b""
    touch(log)
    with log.open("ab") as whole:
        whole.write(f"$ {shlex.join(argv)}\n".encode() + printed + f"\n[{_verdict(ended)}]\n".encode())
    ended.path.unlink(missing_ok=True)


def _verdict(ended: Ended) -> str:
    took = span(timedelta(seconds=ended.duration_s))
    match ended.reason:
        case "exited":
            return say("exit code {code} after {took}", code=ended.exit_code, took=took)
        case "timed_out":
            return say("timed out after {took}", took=took)
        case "idle":
            return say("stopped after {took}: no output for too long", took=took)
        case "not_found":
            return say("not found")
        case _:
            return say("cancelled after {took}", took=took)


def complaint(argv: tuple[str, ...], ended: Ended) -> str:
    """What went wrong with a command: how it ended, and the last lines that it printed."""
    tail = "\n".join(lines_of(ended.tail)[-TAIL_LINES:])
    what = say("{command}: {verdict}", command=shorten(shlex.join(argv), 80), verdict=_verdict(ended))
    return f"{what}\n{shorten(tail, 900)}".strip()


def _placeholders(word: str, path: Place) -> Iterator[Finding]:
    for name in placeholders(word):
        if name not in PLACEHOLDERS:
            itself = say("{{{{{name}}}}} for the word itself", name=name)
            yield Finding(path, say("{name!r} in braces is not known", name=name), name, (*PLACEHOLDERS, itself))


KINDS = (StepKind(ShellStep, run),)
