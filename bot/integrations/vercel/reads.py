"""Reading Vercel: projects, deployments, builds. Reads are asked again when that helps, and change nothing."""

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import AliasPath, Field

from bot.errors import Broken, Limited, Unreachable
from bot.integrations.http.api import Api, Pace, Params, Shape
from bot.integrations.vercel.log import LogLine, log_lines
from bot.integrations.vercel.model import Deployment, Project
from bot.integrations.vercel.rules import Recommendation, Verdict, had_traffic, newer, recommend
from bot.text import say

T = TypeVar("T")
# Written into a deployment's meta, so that one whose answer was lost can be found again.
KEY = "neonopsKey"
PAGE, PAGES = 100, 10
"""Deployments of a page, and pages that are looked through: staged builds can hide what had traffic."""
# How much earlier than ours Vercel's clock may stamp a deployment that is looked for by our key.
CLOCK_SKEW = timedelta(hours=1)
_HINT = "Check VERCEL_TOKEN (expired?) and VERCEL_TEAM_ID: the token must belong to a member of that team."
_GONE = ("ERROR", "CANCELED", "DELETED", "BLOCKED")


class _Listed(Shape):
    deployments: tuple[Deployment, ...]
    following: int | None = Field(None, validation_alias=AliasPath("pagination", "next"))


class Reads:
    """One team's Vercel, read. Ids may be names where Vercel takes both: projects; hosts without scheme.

    `bypass` opens builds behind Deployment Protection.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        base_url: str,
        token: str,
        team_id: str | None,
        bypass: str | None = None,
        poll_seconds: float = 1.0,
        pace: Pace | None = None,
    ) -> None:
        params = {"teamId": team_id} if team_id else {}
        self.pace = pace or Pace()
        self._api = Api(client, "Vercel", base_url, token, say(_HINT), params, self.pace)
        self._poll_seconds = poll_seconds
        self.bypass = bypass
        self._scheme = base_url.partition("://")[0]

    async def project(self, project_id: str) -> Project:
        """The project with its production deployment and its last promote or rollback."""
        response = await self._api.read(
            f"/v9/projects/{part(project_id)}",
            params={"rollbackInfo": "true"},
            what=say("the project {id}", id=project_id),
        )
        return self._api.shaped(Project, response)

    async def deployments(self, project_id: str, **filters: Any) -> tuple[Deployment, ...]:
        """The newest deployments first: one page, with the filters of `_page`."""
        page, _ = await self._page(project_id, **filters)
        return page

    async def _page(
        self,
        project_id: str,
        *,
        target: str | None = "production",
        state: Sequence[str] = (),
        limit: int = 20,
        rollback_candidate: bool = False,
        since: datetime | None = None,
        until: int | None = None,
        sha: str | None = None,
    ) -> tuple[tuple[Deployment, ...], int | None]:
        """A page of at most `limit` (Vercel's own limit is 100), and the cursor (ms) that the next one is `until`."""
        wanted = {
            "projectId": project_id,
            "target": target,
            "state": ",".join(state),
            "limit": str(limit),
            "rollbackCandidate": "true" if rollback_candidate else None,
            "since": str(_ms(since)) if since else None,
            "until": str(until) if until else None,
            "sha": sha,
        }
        params = {key: value for key, value in wanted.items() if value}
        response = await self._api.read("/v7/deployments", params=params, what=say("the project {id}", id=project_id))
        listed = self._api.shaped(_Listed, response)
        newest_first = sorted(listed.deployments, key=lambda each: each.created_at, reverse=True)
        return tuple(newest_first), listed.following

    async def deployment(self, id_or_url: str) -> Deployment:
        """One deployment by its id, or its address with or without scheme."""
        host = id_or_url.split("://")[-1].strip("/")
        response = await self._api.read(f"/v13/deployments/{part(host)}", what=say("the deployment {id}", id=host))
        return self._api.shaped(Deployment, response)

    def address(self, deployment: Deployment) -> str | None:
        """Where this very build answers, live or not. Vercel leaves the scheme out; it is that of its API."""
        return f"{self._scheme}://{deployment.url}" if deployment.url else None

    async def build_log(self, deployment_id: str, limit: int = 200) -> tuple[LogLine, ...]:
        """The last `limit` lines of the build, oldest first."""
        params: Params = {"builds": "1", "direction": "backward", "limit": str(limit), "follow": "0"}
        response = await self._api.read(
            f"/v3/deployments/{part(deployment_id)}/events",
            params=params,
            what=say("the deployment {id}", id=deployment_id),
        )
        return log_lines(response.text)

    async def served(self, project_id: str, live_id: str | None, wanted: int) -> tuple[Deployment, ...]:
        """The newest deployments that had production traffic, at most `wanted`, the live one among them."""
        found: list[Deployment] = []
        async for page in self._pages(project_id):
            found += [each for each in page if had_traffic(each, live_id)]
            if len(found) >= wanted:
                break
        return tuple(found[:wanted])

    async def last_stable(self, project_id: str, verdicts: Mapping[str, Verdict]) -> Recommendation | None:
        """The deployment to roll back to, by `recommend` over what Vercel holds now."""
        current_id = (await self.project(project_id)).production_id
        found = [await self.deployment(current_id)] if current_id else []
        best: Recommendation | None = None
        async for page in self._pages(project_id, rollback_candidate=True):
            found += [each for each in page if each.id != current_id]
            best = recommend(found, current_id, verdicts)
            if best is not None:
                break
        return best

    async def newer(self, project_id: str, pinned_id: str) -> tuple[Deployment, ...]:
        """What production could be promoted to while it is pinned to this deployment, newest first."""
        found = [await self.deployment(pinned_id)]
        async for page in self._pages(project_id, since=found[0].created_at):
            found += [each for each in page if each.id != pinned_id]
        return newer(found, pinned_id)

    async def _pages(self, project_id: str, **filters: Any) -> AsyncIterator[tuple[Deployment, ...]]:
        """READY production deployments, newest first, a page at a time; at most PAGES, Vercel's own cursor between."""
        until: int | None = None
        for _ in range(PAGES):
            page, following = await self._page(project_id, state=("READY",), limit=PAGE, until=until, **filters)
            yield page
            if following is None or (until is not None and following >= until):
                return
            until = following

    async def find(
        self, project_id: str, key: str, *, since: datetime, target: str | None = None, settle_s: float = 10.0
    ) -> Deployment | None:
        """The deployment that `deploy` started with this key at or after `since`.

        A request that was lost on the way may still arrive: None is said only after it stayed so for `settle_s`.
        """
        async for _ in self.pace.polls(self._poll_seconds, settle_s):
            for each in await self.deployments(project_id, target=target, limit=100, since=since - CLOCK_SKEW):
                if each.meta.get(KEY) == key:
                    return each
        return None

    async def wait_commit(self, project_id: str, sha: str, timeout_s: float) -> Deployment | None:
        """The production deployment of this commit, waited for; None when there is none in time.

        Of several it is the newest that did not fail. Reads only: whoever made it, no second one is asked for.
        """
        async for _ in self.pace.polls(self._poll_seconds * 3, timeout_s):
            found = await or_none(self.deployments(project_id, sha=sha)) or ()
            # Whoever calls Vercel's command line writes what commit it is; the Git integration fetches it.
            ours = [each for each in found if each.commit and each.commit.sha == sha and each.source in (None, "git")]
            if ours:
                return next((each for each in ours if each.state not in _GONE), ours[0])
        return None


async def or_none(reading: Awaitable[T]) -> T | None:
    """None while the vendor cannot answer; what it will never answer is raised."""
    try:
        return await reading
    except (Unreachable, Broken, Limited):
        return None


def part(text: str) -> str:
    return quote(text, safe="")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
