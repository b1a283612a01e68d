"""`shell`: commands in the work directory, one after another; the first that fails ends the step."""

import shlex
import time
from datetime import timedelta
from pathlib import Path

from bot.integrations.shell import Command
from bot.integrations.shell import Outcome as Ended
from bot.integrations.shell import run as run_command
from bot.runbook.steps import ShellStep
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import say, shorten, span

TAIL_LINES = 6
"""Lines of output that a failure shows on the card; the whole is in the output file."""


async def run(step: ShellStep, context: Context) -> Outcome:
    """Run the commands; the outcome's `output` is the file with all they printed (capped, masked)."""
    log = context.output_path()
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    for number, argv in enumerate(step.run, 1):
        ended = await _one(step, context, fill(argv, context), log.with_suffix(f".{number}.part"))
        _append(log, argv, ended)
        if not ended.succeeded:
            return Failed(_complaint(step, argv, ended), output=str(log))
    took = span(timedelta(seconds=time.monotonic() - began))
    return Done(say("done in {took}", took=took), output=str(log))


async def _one(step: ShellStep, context: Context, argv: tuple[str, ...], part: Path) -> Ended:
    command = Command(
        argv,
        context.tools.checkout / (step.cwd or "."),
        part,
        env=step.environment(context.tools.environment or {}),
        timeout_s=step.timeout.total_seconds() - 5,
        idle_s=step.idle_timeout.total_seconds(),
    )
    tools = context.tools
    return await run_command(command, masker=tools.masker, on_line=context.report, environ=tools.environment or {})


def fill(argv: tuple[str, ...], context: Context) -> tuple[str, ...]:
    """The placeholders of a command filled in; nothing is ever split or interpreted by a shell."""
    values = {
        # An approved commit is what is fetched, wherever its branch has moved since.
        "{ref}": str(context.run.inputs.get("sha") or context.run.inputs.get("ref", "main")),
        "{sha}": str(context.run.inputs.get("sha") or ""),
        "{target}": ",".join(context.run.targets) or "all",
        "{run}": str(context.run.id),
        "{data}": str(context.data_dir.resolve()),
    }
    return tuple(_filled(word, values) for word in argv)


def _filled(word: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        word = word.replace(placeholder, value)
    return word


def _append(log: Path, argv: tuple[str, ...], ended: Ended) -> None:
    printed = ended.path.read_bytes() if ended.path.exists() else b""
    with log.open("ab") as whole:
        whole.write(f"$ {shlex.join(argv)}\n".encode() + printed + f"\n[{_verdict(ended)}]\n".encode())
    ended.path.unlink(missing_ok=True)


def _verdict(ended: Ended) -> str:
    took = span(timedelta(seconds=ended.duration_s))
    match ended.reason:
        case "exited":
            return say("exit code {code} after {took}", code=ended.exit_code, took=took)
        case "timed_out":
            return say("stopped after {took}: it took too long", took=took)
        case "idle":
            return say("stopped after {took}: it printed nothing for too long", took=took)
        case "not_found":
            return say("not found")
        case _:
            return say("cancelled after {took}", took=took)


def _complaint(step: ShellStep, argv: tuple[str, ...], ended: Ended) -> str:
    tail = "\n".join(ended.tail.strip().splitlines()[-TAIL_LINES:])
    what = say("{command}: {verdict}", command=shorten(shlex.join(argv), 80), verdict=_verdict(ended))
    return f"{what}\n{shorten(tail, 900)}".strip()
