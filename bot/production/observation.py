"""Looking at production for a run: what it asked for, and what Vercel shows. Reads only."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.errors import OutsideError, Refusal
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import Project
from bot.integrations.vercel.rules import MOVING, judge_alias
from bot.production.periods import Wanted
from bot.production.requests import is_new
from bot.runbook.model import Runbook
from bot.tools import Tools

PATIENCE_S, EVERY_S = 20.0, 2.0
"""Seconds that Vercel is given to answer, and another job to end, before it is said that this is not known."""


@dataclass(frozen=True)
class Seen:
    """Production of a service beside what the run `wanted`. `production` None = not known, and `why`.

    `job`: what Vercel says of the run's own request, as in `judge_alias`; empty when that could not be asked.
    `at`: when Vercel was asked; None = now.
    """

    service: str
    wanted: str
    production: str | None
    why: str = ""
    job: str = ""
    at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether production was seen to be what the run wanted."""
        return self.production == self.wanted


async def look_at_production(
    tools: Tools,
    runbook: Runbook,
    wanted: Iterable[Wanted],
) -> tuple[Seen, ...]:
    """Look at production of these services, side by side."""
    return tuple(await asyncio.gather(*(_look(tools, runbook, each) for each in wanted)))


async def _look(tools: Tools, runbook: Runbook, wanted: Wanted) -> Seen:
    service, deployment = wanted.service, wanted.deployment
    try:
        shown, at = await _quiet(tools, str(runbook.service(service).vercel_project))
    except Refusal as refusal:
        return Seen(service, deployment, None, refusal.sentence)
    job, last = judge_alias(shown, deployment, is_new(wanted.asked)), shown.alias_request
    leaving = last if last and last.status in MOVING and last.to_id != deployment else None
    return Seen(service, deployment, leaving.to_id if leaving else shown.production_id, job.reason, job.state, at)


async def _quiet(tools: Tools, project: str) -> tuple[Project, datetime]:
    """The project when no job moves its traffic, or as it is after PATIENCE_S; and when that was asked."""
    latest: tuple[Project, datetime] | None = None
    refusal: OutsideError | None = None
    async for _ in tools.client(Vercel).pace.polls(EVERY_S, PATIENCE_S):
        at = tools.now()
        try:
            latest = await tools.client(Vercel).project(project), at
        except OutsideError as error:
            refusal = error
            continue
        request = latest[0].alias_request
        if not (request and request.status in MOVING):
            return latest
    if latest is None:
        assert refusal, "there is always a first look"
        raise refusal
    return latest
