"""GitHub, for the rest of the bot."""

from collections.abc import Awaitable, Sequence
from functools import partial

import httpx

from bot.integrations.github.client import GitHub
from bot.integrations.github.settings import GitHubSettings
from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, asked
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: GitHubSettings, http: httpx.AsyncClient, pace: Pace | None) -> GitHub | None:
    if settings.github_token is None:
        return None
    token = settings.github_token.get_secret_value()
    return GitHub(http, base_url=settings.github_api_url, token=token, pace=pace)


def _unset() -> str:
    return say("GITHUB_TOKEN is not set, so NeonOps cannot ask GitHub.")


def _checks(github: GitHub, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    """The repositories of the services: whether the token sees them at all."""
    services = runbook.services if runbook else ()
    repos = dict.fromkeys(service.git_repo for service in services if service.git_repo)
    return [asked(f"GitHub repository {repo}", partial(github.repository, repo)) for repo in repos]


INTEGRATION = Integration(GitHub, _open, _unset, _checks)
