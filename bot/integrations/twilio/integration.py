"""Twilio, for the rest of the bot: there without settings, since the team file may name accounts."""

from collections.abc import Awaitable, Sequence

import httpx

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.paging.client import scheme_of
from bot.integrations.report import Finding, asked, broken
from bot.integrations.twilio.client import Twilio
from bot.integrations.twilio.model import Account, number_of
from bot.integrations.twilio.settings import TwilioSettings
from bot.people.team import Team
from bot.runbook.model import Runbook
from bot.text import say


def _open(settings: TwilioSettings, http: httpx.AsyncClient, pace: Pace | None) -> Twilio:
    return Twilio(http, base_url=settings.twilio_api_url, own=_own(settings), pace=pace)


def _own(settings: TwilioSettings) -> Account | None:
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if sid is None or token is None or settings.twilio_from is None:
        return None
    return Account(sid.get_secret_value(), token.get_secret_value(), settings.twilio_from)


def _unset() -> str:
    return say("TWILIO_ACCOUNT_SID is not set, so NeonOps calls only numbers whose address names an account.")


def _checks(twilio: Twilio, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [asked("Twilio", twilio.look)] if twilio.own else []


def _on_team(twilio: Twilio, team: Team) -> Sequence[Awaitable[Finding]]:
    """Numbers that the installation's account calls, where there is none."""
    if twilio.own:
        return []
    pages = [(person.name, number_of(each)) for person in team.people.values() for each in person.page
             if scheme_of(each) == "twilio"]  # fmt: skip
    return [_without_account(name) for name, number in pages if number and number.account is None]


async def _without_account(name: str) -> Finding:
    mend = "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM."
    return broken("A twilio:// address of {name} names no account.", mend, name=name)


INTEGRATION = Integration(Twilio, _open, _unset, _checks, _on_team)
