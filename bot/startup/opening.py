"""Opens what the settings name: runbook, team, masker, tools."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from bot.domain import Domain
from bot.execution.mode import Isolation
from bot.execution.plan import ground_of
from bot.integrations.http.client import open_client
from bot.integrations.http.proxies import read_proxies
from bot.integrations.integration import integrations
from bot.integrations.statuspage.client import StatusCache
from bot.kinds import KINDS
from bot.machine.clock import Clock
from bot.masking import Masker
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
        clients=_clients(settings, client),
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


def _clients(settings: Settings, client: httpx.AsyncClient) -> dict[type[Any], Any]:
    opened = {each.client: each.open(settings, client, None) for each in integrations().values()}
    return {kind: found for kind, found in opened.items() if found is not None}


def open_domain(settings: Settings, environ: Mapping[str, str]) -> Domain:
    """The runbook and the team; a Refusal says what is wrong with them."""
    loaded = load(settings.runbook or bundled_path(), environ)
    team = read_team(settings.team, loaded.runbook)
    remarks = tuple(map(str, (*loaded.doubts, *loaded.warnings, *team.strange)))
    return Domain(loaded, team.team, settings.zone, environ, SUBSCRIBERS, KINDS, team.version, remarks)
