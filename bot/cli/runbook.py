"""`neonops runbook …`: check, show, schema, diff."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import Refusal
from bot.runbook.diff import diff, diff_text
from bot.runbook.load import Loaded, bundled_path, load
from bot.runbook.schema import json_schema
from bot.runbook.show import show
from bot.settings import environment
from bot.text import say

runbook_app = typer.Typer(help="Validate and show runbooks.", no_args_is_help=True)

_File = Annotated[
    Path | None,
    typer.Argument(envvar="NEONOPS_RUNBOOK", help="The runbook; by default the bundled NeonPro runbook."),
]
_FileOption = Annotated[
    Path | None,
    typer.Option("--file", "-f", envvar="NEONOPS_RUNBOOK", help="The runbook; by default the bundled one."),
]


@contextmanager
def _refusals() -> Iterator[None]:
    """What a person can mend goes to standard error, one line for each problem, with exit code 1."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None


def _load(path: Path | None) -> Loaded:
    variables = environment()
    named = variables.get("NEONOPS_RUNBOOK")
    return load(path or (Path(named) if named else bundled_path()), variables)


@runbook_app.command("check")
def check_command(file: _File = None) -> None:
    """Check a runbook: every problem with its line, and exit code 1 when there is one."""
    with _refusals():
        loaded = _load(file)
    for problem in (*loaded.doubts, *loaded.warnings):
        typer.echo(str(problem), err=True)
    if loaded.doubts:
        raise typer.Exit(1)
    steps = sum(1 for procedure in loaded.runbook.procedures for _ in procedure.steps())
    sentence = "{file}: no problems (version {version}, procedures: {count}, steps: {steps})"
    count = len(loaded.runbook.procedures)
    typer.echo(say(sentence, file=loaded.source, version=loaded.version, count=count, steps=steps))


@runbook_app.command("show")
def show_command(
    procedure: Annotated[str | None, typer.Argument(help="A procedure or severity; by default the overview.")] = None,
    file: _FileOption = None,
) -> None:
    """Show a runbook, or one of its procedures."""
    terminal = sys.stdout.isatty()
    with _refusals():
        width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
        color = terminal and not os.environ.get("NO_COLOR")
        text = show(_load(file).runbook, procedure, width=width, color=color)
    typer.echo(text, nl=False, color=color)


@runbook_app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a runbook, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@runbook_app.command("diff")
def diff_command(
    a: Annotated[Path, typer.Argument(help="The older runbook.")],
    b: Annotated[Path, typer.Argument(help="The newer runbook.")],
) -> None:
    """Show what changed from one runbook to another; exit code 1 only when one of them cannot be read."""
    with _refusals():
        changes = diff(_load(a).runbook, _load(b).runbook)
    typer.echo(diff_text(changes))
