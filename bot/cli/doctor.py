"""`neonops doctor`: asks everything that NeonOps needs, side by side, and says what is wrong and how to mend it.

What is asked stands in `bot/cli/diagnosis/external_checks.py`, what the answers mean in the modules beside it.
Nothing is changed anywhere, and no secret is printed.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

import storage
from bot.cli.diagnosis import exposure, external_checks, installation
from bot.cli.diagnosis.subject import Subject
from bot.errors import Refusal
from bot.integrations.http.client import open_client
from bot.integrations.http.proxies import DIRECT, Proxies, read_proxies
from bot.integrations.report import Finding, broken, limited, verdict, well
from bot.masking import Masker
from bot.people.team import Team
from bot.people.team_file import read_team
from bot.runbook.load import bundled_path, load
from bot.runbook.model import Runbook
from bot.runbook.problems import RunbookError, TeamError
from bot.settings import ENV_FILE, Settings, Sifted, sift
from bot.settings.env_file import read_env_file
from handlers.slack.manifest import scopes
from storage.database import open_engines, parse_url

PATIENCE = 12.0
"""Seconds that one outside check may take."""
SHOWN = 5
"""How many of a runbook's problems are shown."""
Check = Callable[[Subject], Awaitable[list[Finding]]]
Report = Mapping[str, Sequence[Finding]]


async def examine(environ: Mapping[str, str] | None = None, out: TextIO | None = None) -> int:
    """Print the report; 0 when NeonOps can start, else 1. `environ` replaces the process's environment and `.env`."""
    sifted, variables, on_file = read_settings(environ)
    settings = sifted.settings
    runbook, on_runbook = read_runbook(settings, variables)
    team, on_team = on_team_file(settings, runbook)
    proxies, on_proxies = on_proxy(variables)
    async with open_client(proxies=proxies) as http:
        subject = Subject(settings, variables, http, frozenset(scopes()), runbook, team)
        names = list(CHECKS)
        found = await asyncio.gather(*(_within(name, CHECKS[name], subject) for name in names))
    asked = dict(zip(names, found, strict=True))
    report = {
        "Settings": [
            *installation.on_settings(sifted, on_file),
            *_on_zone(settings, runbook),
            *on_proxies,
            *exposure.look(settings, variables, team),
        ],
        "Slack": asked["Slack"],
        "Database": [*asked["Data directory"], *asked["Database"]],
        "Runbook": on_runbook,
        "Team": [*on_team, *asked["Team"]],
        "Work directory": asked["Work directory"],
        "Services": asked["Services"],
    }
    (out or sys.stdout).write(Masker(_secrets(settings)).mask(_text(report)))
    return 1 if any(each.mark == "✗" for findings in report.values() for each in findings) else 0


def _text(report: Report) -> str:
    parts = ["\n".join([name, *map(str, findings)]) for name, findings in report.items() if findings]
    return "\n\n".join([*parts, verdict([each for findings in report.values() for each in findings])]) + "\n"


def _secrets(settings: Settings) -> list[str]:
    return [*settings.secrets(), *(word for secret in settings.secrets() for word in _password(secret))]


def _password(secret: str) -> list[str]:
    """The password in a DSN, which a driver may repeat alone."""
    try:
        password = make_url(secret).password
    except (ArgumentError, ValueError):
        return []
    return [password] if password else []


async def _within(name: str, check: Check, subject: Subject) -> list[Finding]:
    """A check's findings; one that takes too long, or has a defect, is itself a finding."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check(subject)
    except TimeoutError:
        return [broken("{name}: no answer within {patience:.0f} s.", "Check the network.",
                       name=name, patience=PATIENCE)]  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the other checks still report, and a traceback could hold a secret
        return [broken("{name}: check failed ({error}).", "Please report this.",
                       name=name, error=type(error).__name__)]  # fmt: skip


def read_settings(environ: Mapping[str, str] | None) -> tuple[Sifted, Mapping[str, str], Sequence[str]]:
    """The settings, all that is set, and what is wrong with the `.env` file."""
    if environ is not None:
        return sift(environ), environ, ()
    written = read_env_file(ENV_FILE)
    values = {**written.values, **os.environ}
    return sift(values), values, written.faults


def read_runbook(settings: Settings, environ: Mapping[str, str]) -> tuple[Runbook | None, list[Finding]]:
    """The runbook, and its problems or warnings."""
    mend = "`neonops runbook check` shows all of them."
    try:
        loaded = load(settings.runbook or bundled_path(), environ)
    except RunbookError as error:
        return None, [broken("{problem}", mend, problem=problem) for problem in error.problems[:SHOWN]]
    warnings = [limited("{problem}", mend, problem=problem) for problem in (*loaded.doubts, *loaded.warnings)[:SHOWN]]
    count = len(loaded.runbook.procedures)
    title = well("{title}, version {version}, procedures: {count}",
                 title=loaded.runbook.title, version=loaded.version, count=count)  # fmt: skip
    return loaded.runbook, [title, *warnings]


def on_team_file(settings: Settings, runbook: Runbook | None) -> tuple[Team | None, list[Finding]]:
    """The team file, and what is wrong with it."""
    if settings.team is None:
        mend = "Write the team file (README, Team file) and set NEONOPS_TEAM to it."
        return None, [limited("No team file: nobody may deploy, approve, roll back or tick items.", mend)]
    mend = "Fix the team file; `neonops team check` shows this too."
    try:
        loaded = read_team(settings.team, runbook)
    except TeamError as error:
        return None, [broken("{problem}", mend, problem=problem) for problem in error.problems]
    count = len(loaded.team.people)
    strange = [limited("{problem}", mend, problem=problem) for problem in loaded.strange]
    return loaded.team, [well("{file}: people: {count}", file=settings.team, count=count), *strange]


def on_proxy(environ: Mapping[str, str]) -> tuple[Proxies, list[Finding]]:
    """The proxies of the environment, and what is wrong with them."""
    try:
        proxies = read_proxies(environ)
    except Refusal as refusal:
        return DIRECT, [broken("{why}", "Fix it in the environment or in .env.", why=refusal)]
    used = [name for name, proxy in (("https", proxies.https), ("http", proxies.http)) if proxy]
    return proxies, [well("through a proxy: {names}", names=", ".join(used))] if used else []


def _on_zone(settings: Settings, runbook: Runbook | None) -> list[Finding]:
    now = datetime.now(settings.zone)
    findings = [well("time zone: {zone}, now {now:%H:%M}", zone=settings.timezone, now=now)]
    if runbook and runbook.timezone != settings.timezone:
        mend = "Set NEONOPS_TIMEZONE to the team's time zone."
        findings.append(limited("The runbook is written for {zone}.", mend, zone=runbook.timezone))
    return findings


async def _database(subject: Subject) -> list[Finding]:
    """The schema. Nothing is created: an SQLite file that is not there yet is made by the first start."""
    return [await asyncio.to_thread(_on_schema, subject.settings.database)]


def _on_schema(url: str) -> Finding:
    scripts = ScriptDirectory(str(Path(storage.__file__ or "").parent / "migrations"))
    known = [script.revision for script in scripts.walk_revisions()]
    try:
        return installation.on_schema(_revision(url), scripts.get_current_head(), known)
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        return broken("The database does not answer: {why}", "Check NEONOPS_DATABASE_URL and its server.", why=reason)


def _revision(url: str) -> str | None:
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return None
    writer, reader = open_engines(url)
    try:
        with reader.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        writer.dispose()
        reader.dispose()


CHECKS: dict[str, Check] = {
    "Slack": external_checks.slack,
    "Data directory": external_checks.directory,
    "Database": _database,
    "Team": external_checks.team,
    "Work directory": external_checks.workdir,
    "Services": external_checks.services,
}
"""Every check that waits for something; they run side by side."""
