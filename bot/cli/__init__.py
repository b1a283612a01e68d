"""The command line: `neonops run`, `sandbox`, `doctor`, `manifest`, and the groups `runbook`, `team`, `db`, …"""

import asyncio
import platform
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.runbook import runbook_app
from bot.cli.team import team_app
from bot.errors import Refusal
from bot.settings import load_settings
from bot.settings.dsn import sqlite_path
from bot.text import say

cli = typer.Typer(
    name="neonops",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database_app = typer.Typer(help="The bot's own database.", no_args_is_help=True)
evidence_app = typer.Typer(help="Evidence of incidents.", no_args_is_help=True)
timeline_app = typer.Typer(help="The audit timeline.", no_args_is_help=True)
deploys_app = typer.Typer(help="The deployment log.", no_args_is_help=True)
cli.add_typer(runbook_app, name="runbook")
cli.add_typer(team_app, name="team")
cli.add_typer(database_app, name="db")
cli.add_typer(timeline_app, name="timeline")
cli.add_typer(evidence_app, name="evidence")
cli.add_typer(deploys_app, name="deploys")


def fail(sentence: str, code: int = 1) -> typer.Exit:
    """Say what is wrong on standard error, one line for each thing."""
    for line in sentence.splitlines():
        typer.echo(f"neonops: {line}", err=True)
    return typer.Exit(code)


@contextmanager
def plainly() -> Iterator[None]:
    """What a person can mend is a line on standard error (of a file: one for each thing), never a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise fail(str(refusal)) from None


def finish(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end; a Refusal is one line, never a traceback."""
    try:
        with plainly():
            code = asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(code)


def _version() -> str:
    return f"neonops {metadata.version('neonops')}, Python {platform.python_version()}"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(_version())
        raise typer.Exit


@cli.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """NeonOps runs your deployment and incident runbook from Slack."""


@cli.command()
def run() -> None:
    """Run the bot until SIGTERM."""
    from bot.app.running import run as run_app

    async def work() -> int:
        return await run_app(load_settings())

    finish(work())


@cli.command()
def reload() -> None:
    """Make the bot on this machine reload the team file and the runbook; invalid ones are refused."""
    from bot.settings import environment
    from bot.startup.opening import open_domain
    from bot.startup.reloading import tell

    with plainly():
        settings = load_settings()
        open_domain(settings, environment())
        outcome = tell(settings.data_dir)
    if not outcome.ok:
        raise fail(outcome.sentence)
    typer.echo(outcome.sentence)


@cli.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 4242,
    directory: Annotated[Path, typer.Option(help="Directory for practice data; emptied at each start.")] = Path(
        ".sandbox"
    ),
    speed: Annotated[float, typer.Option(help="How many times faster than real builds and checks run.")] = 1.0,
    runbook: Annotated[Path | None, typer.Option(help="Your own runbook instead of the bundled one.")] = None,
    web_port: Annotated[int, typer.Option(help="Port of the status page; 0 = none.")] = 0,
    language: Annotated[str, typer.Option(help="The team's language.", envvar="NEONOPS_LANGUAGE")] = "en",
) -> None:
    """Run a practice Slack workspace and a practice NeonPro with the real bot connected. Opens a page."""
    from bot.cli.practice import practise

    finish(practise(port, directory, speed, runbook=runbook, web_port=web_port, language=language))


@cli.command()
def doctor() -> None:
    """Check settings, tokens, scopes, database, runbook and team: what is wrong, and how to fix it."""
    from bot.cli.doctor import examine

    finish(examine())


@cli.command()
def version() -> None:
    """Show the version (also `--version`)."""
    typer.echo(_version())


@cli.command()
def manifest() -> None:
    """Print the app's manifest, for https://api.slack.com/apps (also in manifest.yml)."""
    from handlers.slack.manifest import manifest_text

    typer.echo(manifest_text(), nl=False)


@database_app.command("upgrade")
def upgrade_database() -> None:
    """Migrate the database to the newest schema (the bot does so at each start)."""
    from storage.migrate import upgrade

    with plainly():
        settings = load_settings()
        path = sqlite_path(settings.database)
        made = path is not None and not path.is_file()
        copy = upgrade(settings.database)
        if settings.cluster:
            _lay_queue(settings.database)
    if made and path:
        typer.echo(say("No database found: created {path}.", path=path.absolute()))
    else:
        typer.echo(f"The database is up to date.{f' The copy from before is {copy}.' if copy else ''}")


def _lay_queue(url: str) -> None:
    """The tables of the replicas' queue, which the extra brings."""
    try:
        from storage.cluster.schema import lay_queue
    except ImportError:
        raise fail("NEONOPS_CLUSTER needs the extra: pip install 'neonops[cluster]'.") from None
    lay_queue(url)


@database_app.command("backup")
def back_up_database(
    target: Annotated[Path | None, typer.Argument(help="Path of the copy; by default next to the database.")] = None,
) -> None:
    """Copy the SQLite database while the bot runs. (A PostgreSQL database is backed up with pg_dump.)"""
    from storage.migrate import copy_file

    with plainly():
        copy = copy_file(load_settings().database, target)
    typer.echo(copy)


@database_app.command("copy")
def copy_database(target: Annotated[str, typer.Argument(help="postgresql://…, an empty database.")]) -> None:
    """Copy the configured SQLite database to PostgreSQL, with the bot stopped; the copy is verified."""
    from storage.copying import copy

    with plainly():
        copied = copy(load_settings().database, target)
    count, into = sum(copied.rows.values()), len(copied.rows)
    typer.echo(
        f"Copied {count} rows of {into} tables. The timeline is intact there: {copied.events} events, head "
        f"{copied.head[:16]}. Now set NEONOPS_DATABASE_URL to that database."
    )


@timeline_app.command("verify")
def verify_timeline() -> None:
    """Verify that no event was changed, removed, inserted or reordered."""
    from bot.cli.records import verify

    finish(verify())


@evidence_app.command("verify")
def verify_evidence(incident: Annotated[int | None, typer.Option(help="Only of this incident.")] = None) -> None:
    """Verify that every file of evidence is what it was when it was kept."""
    from bot.cli.evidence import verify

    finish(verify(incident))


@timeline_app.command("export")
def export_timeline(
    incident: Annotated[int | None, typer.Option(help="Only this incident.")] = None,
    run_id: Annotated[int | None, typer.Option("--run", help="Only this run.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl, text, markdown, json or csv")] = "jsonl",
) -> None:
    """Write events to standard output, oldest first."""
    from bot.cli.records import export

    finish(export(incident, run_id, form))


@deploys_app.command("export")
def export_deploys(
    form: Annotated[str, typer.Option("--format", help="csv or json")] = "csv",
) -> None:
    """Write the deployment log to standard output, oldest first: who, what, when, how long, result."""
    from bot.cli.deploys import export

    finish(export(form))
