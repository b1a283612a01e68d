"""Vercel, for the rest of the bot."""

from collections.abc import Awaitable, Sequence
from functools import partial

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, asked
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.settings import VercelSettings
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: VercelSettings, http: httpx.AsyncClient, pace: Pace | None) -> Vercel | None:
    if settings.vercel_token is None:
        return None
    token, team_id = settings.vercel_token.get_secret_value(), settings.vercel_team_id
    secret = settings.vercel_automation_bypass_secret
    bypass = secret.get_secret_value() if secret else None
    return Vercel(http, base_url=settings.vercel_api_url, token=token, team_id=team_id, bypass=bypass, pace=pace)


def _unset() -> str:
    return say("VERCEL_TOKEN is not set, so NeonOps cannot ask Vercel.")


def _checks(vercel: Vercel, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    projects = [service.vercel_project for service in (runbook.services if runbook else ()) if service.vercel_project]
    return [asked(f"Vercel project {project}", partial(vercel.project, project)) for project in projects]


INTEGRATION = Integration(Vercel, _open, _unset, _checks)
