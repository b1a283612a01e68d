"""`neonops doctor`: asks everything that NeonOps needs, side by side, and says what is wrong and how to mend it.

The asking is here; what the answers mean is in `bot/diagnosis/`. Nothing is changed anywhere, no secret is printed.
"""

import asyncio
import email.utils
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import httpx
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

import storage
from bot.diagnosis import installation, workspace
from bot.diagnosis.findings import Finding, broken, limited, verdict, well
from bot.diagnosis.workspace import Answer
from bot.errors import Refusal
from bot.integrations.api import Pace
from bot.integrations.http import open_client, why
from bot.integrations.sql import query
from bot.integrations.supabase import Supabase
from bot.integrations.vercel import Vercel
from bot.masking import Masker
from bot.people import Team, load_team
from bot.runbook.load import bundled_path, load
from bot.runbook.model import Runbook
from bot.runbook.problems import RunbookError
from bot.settings import Settings, load_settings
from bot.text import say
from handlers.slack.manifest import scopes
from storage.database import open_engines

PATIENCE = 12.0
"""Seconds that one outside check may take."""
SHOWN = 5
"""How many of a runbook's problems are shown."""
ONCE = Pace(attempts=1)


@dataclass(frozen=True)
class Patient:
    """What is examined. `runbook` and `team` are None when they cannot be read."""

    settings: Settings
    environ: Mapping[str, str]
    http: httpx.AsyncClient
    runbook: Runbook | None
    team: Team | None


Check = Callable[[Patient], Awaitable[list[Finding]]]


async def examine(environ: Mapping[str, str] | None = None, out: TextIO = sys.stdout) -> int:
    """Print the report; 0 when NeonOps can start, else 1. `environ` replaces the process's environment and `.env`."""
    settings, invalid = read_settings(environ)
    runbook, on_runbook = read_runbook(settings, os.environ if environ is None else environ)
    team, on_team = read_team(settings)
    async with open_client() as http:
        patient = Patient(settings, os.environ if environ is None else environ, http, runbook, team)
        names = list(_CHECKS)
        found = await asyncio.gather(*(_within(name, _CHECKS[name], patient) for name in names))
    report = {
        "Settings": [*installation.on_settings(settings, invalid), *_on_zone(settings, runbook)],
        **dict(zip(names, found, strict=True)),
    }
    report["Runbook"] = on_runbook
    report["Team"] = [*on_team, *report["Team"]]
    _print(report, Masker(_secrets(settings)), out)
    return 1 if any(each.mark == "✗" for findings in report.values() for each in findings) else 0


def _print(report: Mapping[str, Sequence[Finding]], masker: Masker, out: TextIO) -> None:
    for name in ("Settings", "Slack", "Database", "Runbook", "Team", "Work directory", "Services"):
        if report[name]:
            lines = "\n".join(map(str, report[name]))
            out.write(masker.mask(f"{name}\n{lines}\n"))
    out.write(f"\n{verdict([each for findings in report.values() for each in findings])}\n")


def _secrets(settings: Settings) -> list[str]:
    passwords = [make_url(secret).password for secret in settings.secrets() if "://" in secret]
    return [*settings.secrets(), *(password for password in passwords if password)]


async def _within(name: str, check: Check, patient: Patient) -> list[Finding]:
    """A check's findings; one that takes too long, or has a defect, is itself a finding."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check(patient)
    except TimeoutError:
        return [broken("{name}: no answer within {patience:.0f} s.", "Look at the network.",
                       name=name, patience=PATIENCE)]  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the other checks still report, and a traceback could hold a secret
        return [broken("{name}: the doctor failed ({error}).", "Please report this.",
                       name=name, error=type(error).__name__)]  # fmt: skip


def read_settings(environ: Mapping[str, str] | None) -> tuple[Settings, dict[str, str]]:
    """The settings, with the default in place of each that is wrong, and why those are wrong."""
    fields = {str(info.validation_alias): info.default for info in Settings.model_fields.values()}
    given: dict[str, Any] = {}
    if environ is not None:
        given = {"_env_file": None, **{name: environ.get(name) or default for name, default in fields.items()}}
    try:
        return Settings(**given), {}
    except ValidationError as error:
        wrong = {str(each["loc"][0]): each["msg"] for each in error.errors(include_input=False)}
    invalid = {name: message.removeprefix("Value error, ") for name, message in wrong.items()}
    return load_settings(**given | {name: fields[name] for name in invalid}), invalid


def read_runbook(settings: Settings, environ: Mapping[str, str]) -> tuple[Runbook | None, list[Finding]]:
    """The runbook, and its problems or warnings."""
    mend = "`neonops runbook check` shows all of them."
    try:
        loaded = load(settings.runbook or bundled_path(), environ)
    except RunbookError as error:
        return None, [broken("{problem}", mend, problem=problem) for problem in error.problems[:SHOWN]]
    warnings = [limited("{problem}", mend, problem=problem) for problem in loaded.warnings[:SHOWN]]
    count = len(loaded.runbook.procedures)
    title = well("{title}, version {version}, procedures: {count}",
                 title=loaded.runbook.title, version=loaded.version, count=count)  # fmt: skip
    return loaded.runbook, [title, *warnings]


def read_team(settings: Settings) -> tuple[Team | None, list[Finding]]:
    """The team file, and what is wrong with it."""
    if settings.team is None:
        mend = "Write the team file (README, Team file) and set NEONOPS_TEAM to it."
        return None, [limited("No team: nobody may deploy, approve, roll back or tick items.", mend)]
    try:
        team = load_team(settings.team)
    except Refusal as refusal:
        return None, [broken("{why}", "Mend the team file; the README shows its form.", why=refusal.sentence)]
    return team, [well("{file}: people: {count}", file=settings.team, count=len(team.people))]


def _on_zone(settings: Settings, runbook: Runbook | None) -> list[Finding]:
    now = datetime.now(settings.zone)
    findings = [well("time zone: {zone}, now {now:%H:%M}", zone=settings.timezone, now=now)]
    if runbook and runbook.timezone != settings.timezone:
        mend = "Set NEONOPS_TIMEZONE to the zone that the team means."
        findings.append(limited("The runbook is written for {zone}.", mend, zone=runbook.timezone))
    return findings


async def ask_slack(patient: Patient, method: str, token: str, **arguments: str) -> tuple[Answer, datetime | None]:
    """One call of Slack's Web API, with the scopes it names (`x-oauth-scopes`) and the time it tells."""
    try:
        response = await patient.http.post(
            f"{patient.settings.slack_api_url}{method}", data=arguments, headers={"Authorization": f"Bearer {token}"}
        )
        body = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return Answer("no_answer"), None
    granted = frozenset(name.strip() for name in response.headers.get("x-oauth-scopes", "").split(",") if name.strip())
    error = "" if body.get("ok") else str(body.get("error") or response.status_code)
    return Answer(error, body, granted), _date(response.headers.get("Date", ""))


def _date(value: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None


async def _slack(patient: Patient) -> list[Finding]:
    on_bot, on_app = await asyncio.gather(_bot_token(patient), _app_token(patient))
    return [*on_bot, *on_app]


async def _bot_token(patient: Patient) -> list[Finding]:
    if patient.settings.slack_bot_token is None:
        return []
    answer, slack_now = await ask_slack(patient, "auth.test", patient.settings.slack_bot_token.get_secret_value())
    token = workspace.on_bot_token(answer)
    if token.mark != "✓":
        return [token]
    return [token, workspace.on_scopes(answer.scopes, scopes()), *workspace.on_clock(datetime.now(UTC), slack_now)]


async def _app_token(patient: Patient) -> list[Finding]:
    if patient.settings.slack_app_token is None:
        return []
    token = patient.settings.slack_app_token.get_secret_value()
    return [workspace.on_app_token((await ask_slack(patient, "apps.connections.open", token))[0])]


async def _database(patient: Patient) -> list[Finding]:
    return await asyncio.to_thread(_look_at_database, patient.settings)


def _look_at_database(settings: Settings) -> list[Finding]:
    """Nothing is created: an SQLite file that is not there yet is made by the first start."""
    return [*_on_directory(settings.data_dir), _on_schema(settings.database)]


def _on_directory(directory: Path) -> list[Finding]:
    place = next(each for each in (directory.absolute(), *directory.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return [installation.on_space(shutil.disk_usage(place).free, directory)]
    except OSError as error:
        mend = "Give the user that runs NeonOps the right to write there, or set NEONOPS_DATA_DIR."
        why_not = error.strerror
        return [broken("The data directory {place} cannot be written to: {why}.", mend, place=directory, why=why_not)]


def _on_schema(url: str) -> Finding:
    scripts = ScriptDirectory(str(Path(storage.__file__ or "").parent / "migrations"))
    known = [script.revision for script in scripts.walk_revisions()]
    try:
        return installation.on_schema(_revision(url), scripts.get_current_head(), known)
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        return broken("The database does not answer: {why}", "Look at NEONOPS_DATABASE_URL and its server.", why=reason)


def _revision(url: str) -> str | None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return None
    writer, reader = open_engines(url)
    try:
        with reader.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        writer.dispose()
        reader.dispose()


async def _team(patient: Patient) -> list[Finding]:
    if patient.team is None:
        return []
    named = workspace.on_roles(patient.runbook, patient.team) if patient.runbook else []
    asked = await _members(patient, patient.team) if patient.settings.slack_bot_token else []
    return [*named, *workspace.unidentified(patient.team), *asked, *workspace.on_pagers(patient.team)]


async def _members(patient: Patient, team: Team) -> list[Finding]:
    token = patient.settings.slack_bot_token
    assert token
    people = [person for person in team.people.values() if person.slack or person.email]
    calls = [
        ask_slack(patient, "users.info", token.get_secret_value(), user=person.slack)
        if person.slack
        else ask_slack(patient, "users.lookupByEmail", token.get_secret_value(), email=person.email or "")
        for person in people
    ]
    rooms = [
        ask_slack(patient, "conversations.info", token.get_secret_value(), channel=channel)
        for channel in team.channels.values()
    ]
    answers = [answer for answer, _ in await asyncio.gather(*calls, *rooms)]
    found = [workspace.on_person(person, answer) for person, answer in zip(people, answers, strict=False)]
    found += [workspace.on_channel(name, answer)
              for name, answer in zip(team.channels, answers[len(people):], strict=True)]  # fmt: skip
    return [each for findings in found for each in findings] or [well("people and channels: Slack knows them all")]
