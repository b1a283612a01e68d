"""What is examined, and how Slack is asked about it."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from bot.integrations.http.call import HttpCall, send
from bot.integrations.http.failures import json_of
from bot.people import Team
from bot.runbook.model import Runbook
from bot.settings import Settings


@dataclass(frozen=True)
class Subject:
    """What is examined. `runbook` and `team` are None when they cannot be read; `scopes` are the manifest's."""

    settings: Settings
    environ: Mapping[str, str]
    http: httpx.AsyncClient
    scopes: frozenset[str]
    runbook: Runbook | None
    team: Team | None


@dataclass(frozen=True)
class Answer:
    """What Slack said to one call.

    `error` is its code, "no_answer" when there was none, "" when all is well. `scopes` are those of the token
    (`x-oauth-scopes`, https://docs.slack.dev/authentication/best-practices-for-security), `at` is Slack's clock.
    """

    error: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    at: datetime | None = None


async def ask_slack(subject: Subject, method: str, token: str, **arguments: str) -> Answer:
    """One call of Slack's Web API."""
    url, bearer = f"{subject.settings.slack_api_url}{method}", {"Authorization": f"Bearer {token}"}
    try:
        call = HttpCall("POST", url, bearer, form=arguments, timeout_s=None, max_bytes=None)
        response = (await send(subject.http, call)).response
        body = json_of(response.content)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return Answer("no_answer")
    if not isinstance(body, dict):
        return Answer("no_answer")
    scopes = frozenset(filter(None, response.headers.get("x-oauth-scopes", "").replace(" ", "").split(",")))
    error = "" if body.get("ok") else str(body.get("error") or response.status_code)
    return Answer(error, body, scopes, _date(response.headers.get("Date", "")))


def _date(value: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
