"""Opens what the settings name: runbook, team, masker, tools."""

from collections.abc import Mapping
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.integrations.github.client import GitHub
from bot.integrations.http.client import open_client
from bot.integrations.http.proxies import read_proxies
from bot.integrations.prometheus.client import Prometheus
from bot.integrations.statuspage.client import StatusCache
from bot.integrations.supabase.client import Supabase
from bot.integrations.vercel import Vercel
from bot.isolation.mode import Isolation
from bot.isolation.plan import ground_of
from bot.machine.clock import Clock
from bot.masking import Masker
from bot.office import Office
from bot.people.team_file import read_team
from bot.runbook.load import bundled_path, load
from bot.runbook.model import Runbook
from bot.settings import Settings, secret_names
from bot.settings.dsn import sqlite_path
from bot.settings.files import secret_files
from bot.subscribers import SUBSCRIBERS
from bot.tools import Tools
from bot.waking import Alone, Lease


def masker_of(settings: Settings, runbook: Runbook, environ: Mapping[str, str]) -> Masker:
    """Knows every secret: the settings', and what shell steps are given from the environment."""
    return Masker([*settings.secrets(), *secrets_of(runbook, environ)])


def secrets_of(runbook: Runbook, environ: Mapping[str, str]) -> list[str]:
    """What the runbook's shell steps are given from the environment."""
    names = {name for p in runbook.procedures for _, step in p.steps() for name in step.variables}
    return [environ[name] for name in names if environ.get(name)]


def open_tools(
    settings: Settings,
    masker: Masker,
    clock: Clock,
    environ: Mapping[str, str],
    isolation: Isolation,
    lease: Lease | None = None,
) -> Tools:
    """The tools that the settings make possible; what changes something outside holds the lease when it does."""
    proxies = read_proxies(environ)
    client = open_client(lease=lease, proxies=proxies)
    return Tools(
        client,
        clock,
        masker,
        StatusCache(client, now=clock.now, masker=masker),
        vercel_client=_vercel(settings, client),
        vercel_bypass=_secret(settings.vercel_automation_bypass_secret),
        supabase=_supabase(settings, client),
        prometheus_client=_prometheus(settings, client),
        github_client=_github(settings, client),
        database_url=_secret(settings.neonpro_database_url),
        workdir=settings.workdir.resolve() if settings.workdir else None,
        environment=dict(environ),
        lease=lease or Alone(),
        proxies=proxies,
        isolation=isolation,
        ground=ground_of(private_places(settings, environ), settings.tools, isolation),
        builds=settings.builds,
    )


def private_places(settings: Settings, environ: Mapping[str, str]) -> list[Path | None]:
    """What no command of the runbook may see, wherever it lies."""
    here, file = Path.cwd(), sqlite_path(settings.database)
    files = [file, *file.absolute().parent.glob(f"{file.name}*")] if file else []
    homes = (Path.home(), settings.data_dir, settings.builds, settings.workdir, settings.team, settings.runbook)
    return [here, here / ".env", *homes, *files, *secret_files(environ, secret_names())]


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def _vercel(settings: Settings, client: httpx.AsyncClient) -> Vercel | None:
    if settings.vercel_token is None:
        return None
    token = settings.vercel_token.get_secret_value()
    return Vercel(client, base_url=settings.vercel_api_url, token=token, team_id=settings.vercel_team_id)


def _supabase(settings: Settings, client: httpx.AsyncClient) -> Supabase | None:
    if settings.supabase_access_token is None or settings.supabase_project_ref is None:
        return None
    token = settings.supabase_access_token.get_secret_value()
    return Supabase(client, base_url=settings.supabase_api_url, token=token, project_ref=settings.supabase_project_ref)


def _github(settings: Settings, client: httpx.AsyncClient) -> GitHub | None:
    if settings.github_token is None:
        return None
    return GitHub(client, base_url=settings.github_api_url, token=settings.github_token.get_secret_value())


def _prometheus(settings: Settings, client: httpx.AsyncClient) -> Prometheus | None:
    if settings.prometheus_url is None:
        return None
    return Prometheus(client, base_url=settings.prometheus_url, token=_secret(settings.prometheus_token) or "")


def open_office(settings: Settings, environ: Mapping[str, str]) -> Office:
    """The runbook and the team; a Refusal says what is wrong with them."""
    loaded = load(settings.runbook or bundled_path(), environ)
    team = read_team(settings.team, loaded.runbook)
    remarks = tuple(map(str, (*loaded.doubts, *loaded.warnings, *team.strange)))
    return Office(loaded, team.team, settings.zone, environ, SUBSCRIBERS, team.version, remarks)
