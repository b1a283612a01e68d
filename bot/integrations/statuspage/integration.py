"""A page of our own at Statuspage, for the rest of the bot."""

from collections.abc import Awaitable, Sequence

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, asked
from bot.integrations.statuspage.own_page import Statuspage
from bot.integrations.statuspage.settings import StatuspageSettings
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: StatuspageSettings, http: httpx.AsyncClient, pace: Pace | None) -> Statuspage | None:
    if settings.statuspage_api_key is None or settings.statuspage_page_id is None:
        return None
    key = settings.statuspage_api_key.get_secret_value()
    return Statuspage(http, base_url=settings.statuspage_api_url, key=key, page=settings.statuspage_page_id, pace=pace)


def _unset() -> str:
    return say("STATUSPAGE_API_KEY or STATUSPAGE_PAGE_ID is not set, so NeonOps cannot update Statuspage.")


def _checks(page: Statuspage, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [asked("Statuspage", page.look)]


INTEGRATION = Integration(Statuspage, _open, _unset, _checks)
