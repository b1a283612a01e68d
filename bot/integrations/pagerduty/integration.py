"""PagerDuty, for the rest of the bot: there without settings, since the team file names integration keys."""

from collections.abc import Awaitable, Sequence

import httpx
from pydantic import SecretStr

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.pagerduty.client import PagerDuty
from bot.integrations.pagerduty.model import routing_key_of
from bot.integrations.pagerduty.settings import PagerDutySettings
from bot.integrations.paging.client import scheme_of
from bot.integrations.report import Finding, asked, broken
from bot.people.team import Team
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: PagerDutySettings, http: httpx.AsyncClient, pace: Pace | None) -> PagerDuty:
    return PagerDuty(
        http,
        events_url=settings.pagerduty_events_url,
        api_url=settings.pagerduty_api_url,
        routing_key=_value(settings.pagerduty_routing_key),
        token=_value(settings.pagerduty_api_token),
        pace=pace,
    )


def _value(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _unset() -> str:
    return say("PAGERDUTY_API_TOKEN is not set, so NeonOps cannot read from PagerDuty.")


def _checks(pagerduty: PagerDuty, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    """Events cannot be checked: one that is accepted calls somebody."""
    return [asked("PagerDuty", pagerduty.on_calls)] if pagerduty.reads else []


def _on_team(pagerduty: PagerDuty, team: Team) -> Sequence[Awaitable[Finding]]:
    """Addresses that mean the installation's own service, where there is none."""
    if pagerduty.has_own_key:
        return []
    pages = [(person.name, each) for person in team.people.values() for each in person.page]
    return [_keyless(name) for name, each in pages if scheme_of(each) == "pagerduty" and not routing_key_of(each)]


async def _keyless(name: str) -> Finding:
    return broken("A pagerduty:// address of {name} names no integration key.", "Set PAGERDUTY_ROUTING_KEY.", name=name)


INTEGRATION = Integration(PagerDuty, _open, _unset, _checks, _on_team)
