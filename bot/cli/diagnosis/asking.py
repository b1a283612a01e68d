"""The outside checks: each asks one system and gives findings. They change nothing."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.diagnosis import commands, installation, workspace
from bot.cli.diagnosis.findings import Finding, broken, limited, well
from bot.cli.diagnosis.patient import Answer, Patient, ask_slack
from bot.errors import OutsideError, Refusal
from bot.health.metrics import shown
from bot.integrations.github.client import GitHub
from bot.integrations.http.api import Pace
from bot.integrations.postgres.sql import query
from bot.integrations.prometheus.client import Prometheus
from bot.integrations.supabase.client import Supabase
from bot.integrations.vercel import Vercel
from bot.people import Team
from bot.runbook.model import Service
from bot.runbook.sections import Metric

ONCE = Pace(attempts=1)
"""Nothing is asked twice: the person who reads the report can run it again."""
GIT_LIMIT = 5.0
"""Seconds that git may take to say where it is."""


async def slack(patient: Patient) -> list[Finding]:
    """The two tokens, the scopes, and how far apart the clocks are."""
    on_bot, on_app = await asyncio.gather(_bot_token(patient), _app_token(patient))
    return [*on_bot, *on_app]


async def _bot_token(patient: Patient) -> list[Finding]:
    if patient.settings.slack_bot_token is None:
        return []
    answer = await ask_slack(patient, "auth.test", patient.settings.slack_bot_token.get_secret_value())
    token = workspace.on_bot_token(answer)
    if token.mark != "✓":
        return [token]
    return [
        token,
        workspace.on_scopes(answer.scopes, patient.scopes),
        *workspace.on_clock(datetime.now(UTC), answer.at),
    ]


async def _app_token(patient: Patient) -> list[Finding]:
    if patient.settings.slack_app_token is None:
        return []
    token = patient.settings.slack_app_token.get_secret_value()
    return [workspace.on_app_token(await ask_slack(patient, "apps.connections.open", token))]


async def team(patient: Patient) -> list[Finding]:
    """The team file against the runbook and against Slack."""
    if patient.team is None:
        return []
    on_roles = workspace.on_roles(patient.runbook, patient.team) if patient.runbook else []
    on_members = await _members(patient, patient.team)
    lost = workspace.unidentified(patient.team)
    return [*on_roles, *lost, *on_members, *workspace.on_places(patient.team), *workspace.on_pagers(patient.team)]


async def _members(patient: Patient, team: Team) -> list[Finding]:
    if patient.settings.slack_bot_token is None:
        return []
    token = patient.settings.slack_bot_token.get_secret_value()

    async def user(slack_id: str | None, address: str | None) -> Answer:
        if slack_id:
            return await ask_slack(patient, "users.info", token, user=slack_id)
        return await ask_slack(patient, "users.lookupByEmail", token, email=address or "")

    people = [person for person in team.people.values() if person.slack or person.email]
    users = asyncio.gather(*(user(person.slack, person.email) for person in people))
    rooms = asyncio.gather(
        *(ask_slack(patient, "conversations.info", token, channel=room) for room in team.channels.values())
    )
    on_people = workspace.on_people([each.name for each in people], await users)
    return [*on_people, *workspace.on_channels(list(team.channels), await rooms)]


async def directory(patient: Patient) -> list[Finding]:
    """The data directory: writable, with space. It is not made."""
    return await asyncio.to_thread(_on_directory, patient.settings.data_dir)


def _on_directory(directory: Path) -> list[Finding]:
    place = next(each for each in (directory.absolute(), *directory.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            return [installation.on_space(shutil.disk_usage(place).free, directory)]
    except OSError as error:
        mend = "Give the user that runs NeonOps the right to write there, or set NEONOPS_DATA_DIR."
        why = error.strerror
        return [broken("The data directory {place} cannot be written to: {why}.", mend, place=directory, why=why)]


async def workdir(patient: Patient) -> list[Finding]:
    """The checkout, its programs, and the variables that they are given."""
    steps = installation.command_steps(patient.runbook) if patient.runbook else []
    if not steps:
        return []
    if patient.settings.workdir is None:
        mend = "Set NEONOPS_WORKDIR to a checkout of what is deployed."
        return [limited("Without a work directory the shell steps of the runbook fail.", mend)]
    named = installation.programs(steps)
    found = {name for name in named if shutil.which(name, path=patient.environ.get("PATH"))}
    on_isolation = await asyncio.to_thread(commands.look, patient.settings, patient.settings.workdir)
    on_git = await _git(patient.settings.workdir, patient.environ)
    on_programs = installation.on_programs(named, found)
    return [on_git, on_programs, *installation.on_variables(steps, patient.environ), *on_isolation]


async def _git(place: Path, environ: Mapping[str, str]) -> Finding:
    if not await asyncio.to_thread(place.is_dir):
        return broken("There is no directory {place}.", "Set NEONOPS_WORKDIR to a checkout.", place=place)
    mend = "Clone the repository there, or set NEONOPS_WORKDIR to a checkout."
    program = shutil.which("git", path=environ.get("PATH"))
    if program is None:
        return broken("git is not on PATH.", "Install git.")
    said = asyncio.subprocess.PIPE
    git = await asyncio.create_subprocess_exec(
        program, "-C", str(place), "rev-parse", "--abbrev-ref", "HEAD", stdout=said, stderr=said
    )
    try:
        branch, _ = await asyncio.wait_for(git.communicate(), GIT_LIMIT)
    except TimeoutError:
        git.kill()
        return broken("git does not answer in {place}.", mend, place=place)
    if git.returncode:
        return broken("{place} is not a git checkout.", mend, place=place)
    return well("checkout: {place} on {branch}", place=place, branch=branch.decode().strip())


async def services(patient: Patient) -> list[Finding]:
    """One cheap read with each token that is set."""
    asked = [*_vercel(patient), *_github(patient), *_supabase(patient), *_database(patient)]
    found = await asyncio.gather(*(_told(what, ask) for what, ask in asked))
    return list(dict.fromkeys([*found, *await _metrics(patient)]))


async def _metrics(patient: Patient) -> list[Finding]:
    """What each metric of the runbook reads now."""
    url, token = patient.settings.prometheus_url, patient.settings.prometheus_token
    monitoring = patient.runbook.monitoring if patient.runbook else None
    if url is None or monitoring is None:
        return []
    secret = token.get_secret_value() if token else ""
    prometheus = Prometheus(patient.http, base_url=url, token=secret, pace=ONCE)
    return await asyncio.gather(*(_metric(prometheus, each) for each in monitoring.metrics if each.query))


async def _metric(prometheus: Prometheus, metric: Metric) -> Finding:
    mend = "Mend its query in the runbook: a metric without one value is never healthy."
    try:
        reading = await prometheus.query(metric.query or "")
    except OutsideError as error:
        return broken("{why}", error.hint or "See that PROMETHEUS_URL is right, and run this again.", why=error)
    except Refusal as refusal:
        return broken("metric {name}: {why}", mend, name=metric.id, why=refusal)
    if reading.value is None:
        return limited("metric {name}: {why}.", mend, name=metric.id, why=reading.reason)
    return well("metric {name}: {value}", name=metric.id, value=shown(reading.value, metric.unit))


Ask = tuple[str, Callable[[], Awaitable[object]]]


async def _told(what: str, ask: Callable[[], Awaitable[object]]) -> Finding:
    try:
        await ask()
    except Refusal as refusal:
        return broken("{why}", refusal.hint or "See that its settings are right, and run this again.", why=refusal)
    return well("{what}: answers", what=what)


def _vercel(patient: Patient) -> list[Ask]:
    settings = patient.settings
    if settings.vercel_token is None or patient.runbook is None:
        return []
    token, team_id = settings.vercel_token.get_secret_value(), settings.vercel_team_id
    vercel = Vercel(patient.http, base_url=settings.vercel_api_url, token=token, team_id=team_id, pace=ONCE)

    def ask(service: Service) -> Callable[[], Awaitable[object]]:
        return lambda: vercel.project(service.vercel_project or "")

    found = [service for service in patient.runbook.services if service.vercel_project]
    return [(f"Vercel project {service.vercel_project}", ask(service)) for service in found]


def _github(patient: Patient) -> list[Ask]:
    """The repositories of the services: whether the token sees them at all."""
    settings = patient.settings
    if settings.github_token is None or patient.runbook is None:
        return []
    token = settings.github_token.get_secret_value()
    github = GitHub(patient.http, base_url=settings.github_api_url, token=token, pace=ONCE)

    def ask(repo: str) -> Callable[[], Awaitable[object]]:
        return lambda: github.repository(repo)

    repos = dict.fromkeys(service.git_repo for service in patient.runbook.services if service.git_repo)
    return [(f"GitHub repository {repo}", ask(repo)) for repo in repos]


def _supabase(patient: Patient) -> list[Ask]:
    settings = patient.settings
    if settings.supabase_access_token is None or settings.supabase_project_ref is None:
        return []
    token, ref = settings.supabase_access_token.get_secret_value(), settings.supabase_project_ref
    supabase = Supabase(patient.http, base_url=settings.supabase_api_url, token=token, project_ref=ref, pace=ONCE)
    return [(f"Supabase project {ref}", lambda: supabase.health(("db",)))]


def _database(patient: Patient) -> list[Ask]:
    dsn = patient.settings.neonpro_database_url
    if dsn is None:
        return []
    return [("NEONPRO_DATABASE_URL", lambda: query(dsn.get_secret_value(), "SELECT 1", timeout_s=5))]
