"""Supabase, for the rest of the bot."""

from collections.abc import Awaitable, Sequence
from functools import partial

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, asked
from bot.integrations.supabase.client import Supabase
from bot.integrations.supabase.settings import SupabaseSettings
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: SupabaseSettings, http: httpx.AsyncClient, pace: Pace | None) -> Supabase | None:
    if settings.supabase_access_token is None or settings.supabase_project_ref is None:
        return None
    token, ref = settings.supabase_access_token.get_secret_value(), settings.supabase_project_ref
    return Supabase(http, base_url=settings.supabase_api_url, token=token, project_ref=ref, pace=pace)


def _unset() -> str:
    return say("SUPABASE_ACCESS_TOKEN is not set, so NeonOps cannot ask Supabase.")


def _checks(supabase: Supabase, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [asked(f"Supabase project {supabase.project_ref}", partial(supabase.health, ("db",)))]


INTEGRATION = Integration(Supabase, _open, _unset, _checks)
