"""A page of our own at Instatus, for the rest of the bot."""

from collections.abc import Awaitable, Sequence

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.instatus.client import Instatus
from bot.integrations.instatus.settings import InstatusSettings
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, asked
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: InstatusSettings, http: httpx.AsyncClient, pace: Pace | None) -> Instatus | None:
    if settings.instatus_api_key is None or settings.instatus_page_id is None:
        return None
    key = settings.instatus_api_key.get_secret_value()
    return Instatus(http, base_url=settings.instatus_api_url, key=key, page=settings.instatus_page_id, pace=pace)


def _unset() -> str:
    return say("INSTATUS_API_KEY or INSTATUS_PAGE_ID is not set, so NeonOps cannot update Instatus.")


def _checks(page: Instatus, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [asked("Instatus", page.look)]


INTEGRATION = Integration(Instatus, _open, _unset, _checks)
