"""Every pager that apprise calls, for the doctor: whether the addresses of the team file can be called at all."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial

import httpx
from pydantic import BaseModel

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.paging.client import is_callable, scheme_of
from bot.integrations.report import Finding, broken, well
from bot.machine.threads import aside
from bot.people.team import Team
from bot.runbook.model import Runbook
from bot.text import say

MEND = "Write it as https://github.com/caronc/apprise/wiki says."


@dataclass(frozen=True)
class Apprise:
    """The library: it has no state, and needs no settings."""

    async def calls(self, address: str) -> bool:
        """Whether it knows how to call this address."""
        return await aside(partial(is_callable, address))


def _open(settings: BaseModel, http: httpx.AsyncClient, pace: Pace | None) -> Apprise:
    return Apprise()


def _unset() -> str:
    return say("NEONOPS_TEAM is not set, so NeonOps knows nobody's pager.")


def _checks(apprise: Apprise, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return []


def _on_team(apprise: Apprise, team: Team) -> Sequence[Awaitable[Finding]]:
    pages = [(person.name, address) for person in team.people.values() for address in person.page]
    return [_finding(apprise, name, address) for name, address in pages]


async def _finding(apprise: Apprise, name: str, address: str) -> Finding:
    if await apprise.calls(address):
        return well("pager of {name}: {scheme}", name=name, scheme=scheme_of(address))
    return broken("A pager address of {name} ({scheme}) cannot be called.", MEND, name=name, scheme=scheme_of(address))


INTEGRATION = Integration(Apprise, _open, _unset, _checks, _on_team)
