"""`neonops team …`: check."""

from pathlib import Path
from typing import Annotated

import typer

from bot.errors import Refusal
from bot.people.team_file import read_team
from bot.runbook.load import bundled_path, load
from bot.runbook.model import Runbook
from bot.settings import environment
from bot.text import say

team_app = typer.Typer(help="Validate the team file.", no_args_is_help=True)


@team_app.callback()
def _group() -> None:
    """Prove that the team file is right."""


@team_app.command("check")
def check_command(
    file: Annotated[Path | None, typer.Argument(help="The team file; by default that of NEONOPS_TEAM.")] = None,
) -> None:
    """Check a team file against the runbook: every problem with its line, and exit code 1 when there is one."""
    try:
        _check(file)
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None


def _check(file: Path | None) -> None:
    variables = environment()
    path = file or Path(variables.get("NEONOPS_TEAM", ""))
    if not path.name:
        raise Refusal(say("Which file? Use neonops team check FILE, or set NEONOPS_TEAM."))
    named = variables.get("NEONOPS_RUNBOOK")
    loaded = read_team(path, _runbook(Path(named) if named else bundled_path(), variables))
    for problem in loaded.strange:
        typer.echo(str(problem), err=True)
    if loaded.strange:
        raise typer.Exit(1)
    team = loaded.team
    sentence = "{file}: no problems (people: {people}, roles: {roles}, channels: {channels})"
    people, roles, channels = len(team.people), len(team.roles), len(team.channels)
    typer.echo(say(sentence, file=path, people=people, roles=roles, channels=channels))


def _runbook(path: Path, variables: dict[str, str]) -> Runbook | None:
    """The runbook that the roles are held against; without it they are not."""
    try:
        return load(path, variables).runbook
    except Refusal:
        typer.echo(say("{path} has problems, so roles and channels were not checked against it.", path=path), err=True)
        return None
