"""Vercel's REST API. Reads are asked again when that helps; every change is one POST or PATCH, never repeated."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx

from bot.errors import Ambiguous, Broken, Limited, Rejected, Unreachable
from bot.integrations.api import Api, Pace, Params
from bot.integrations.vercel.log import LogLine, log_lines
from bot.integrations.vercel.model import Deployment, GitSource, Project, Redeploy
from bot.integrations.vercel.rules import (
    CLOCK_SKEW,
    AliasOutcome,
    Recommendation,
    Reconciled,
    Requested,
    Verdict,
    judge_alias,
    newer,
    recommend,
    reconciled,
)

T = TypeVar("T")
# Written into a deployment's meta, so that one whose answer was lost can be found again.
KEY = "neonopsKey"
# Vercel's limit for the reason of a rollback, https://github.com/vercel/vercel/pull/17443.
LONGEST_DESCRIPTION = 250
MOVING = ("pending", "in-progress")
_HINT = "Check VERCEL_TOKEN (expired?) and VERCEL_TEAM_ID: the token must belong to a member of that team."
_ENDS: Mapping[str, Literal["ready", "failed", "canceled", "blocked"]] = {
    "READY": "ready",
    "ERROR": "failed",
    "CANCELED": "canceled",
    "DELETED": "canceled",
    "BLOCKED": "blocked",
}


@dataclass(frozen=True)
class Build:
    """How a build ended, or `timeout` when it had not. `ready` is built, not live."""

    state: Literal["ready", "failed", "canceled", "blocked", "timeout"]
    deployment: Deployment | None


class Vercel:
    """One team's Vercel. Ids may be names where Vercel takes both: projects; hosts without scheme for deployments."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        base_url: str,
        token: str,
        team_id: str | None,
        poll_seconds: float = 1.0,
        pace: Pace | None = None,
    ) -> None:
        params = {"teamId": team_id} if team_id else {}
        self._pace = pace or Pace()
        self._api = Api(client, "Vercel", base_url, token, _HINT, params, self._pace)
        self._poll_seconds = poll_seconds
        self._scheme = base_url.partition("://")[0]

    async def project(self, project_id: str) -> Project:
        """The project with its production deployment and its last promote or rollback."""
        response = await self._api.read(
            f"/v9/projects/{_part(project_id)}", params={"rollbackInfo": "true"}, what=f"the project {project_id}"
        )
        return self._api.shaped(Project, response)

    async def deployments(
        self,
        project_id: str,
        *,
        target: str | None = "production",
        state: Sequence[str] = (),
        limit: int = 20,
        rollback_candidate: bool = False,
        since: datetime | None = None,
        sha: str | None = None,
    ) -> tuple[Deployment, ...]:
        """The newest deployments first, at most `limit` (Vercel's own limit is 100)."""
        wanted = {
            "projectId": project_id,
            "target": target,
            "state": ",".join(state),
            "limit": str(limit),
            "rollbackCandidate": "true" if rollback_candidate else None,
            "since": str(_ms(since)) if since else None,
            "sha": sha,
        }
        params = {key: value for key, value in wanted.items() if value}
        response = await self._api.read("/v7/deployments", params=params, what=f"the project {project_id}")
        found = self._api.shaped(tuple[Deployment, ...], response, "deployments")
        return tuple(sorted(found, key=lambda each: each.created_at, reverse=True))

    async def deployment(self, id_or_url: str) -> Deployment:
        """One deployment by its id, or its address with or without scheme."""
        host = id_or_url.split("://")[-1].strip("/")
        response = await self._api.read(f"/v13/deployments/{_part(host)}", what=f"the deployment {host}")
        return self._api.shaped(Deployment, response)

    def address(self, deployment: Deployment) -> str | None:
        """Where this very build answers, live or not. Vercel leaves the scheme out; it is that of its API."""
        return f"{self._scheme}://{deployment.url}" if deployment.url else None

    async def build_log(self, deployment_id: str, limit: int = 200) -> tuple[LogLine, ...]:
        """The last `limit` lines of the build, oldest first."""
        params: Params = {"builds": "1", "direction": "backward", "limit": str(limit), "follow": "0"}
        response = await self._api.read(
            f"/v3/deployments/{_part(deployment_id)}/events", params=params, what=f"the deployment {deployment_id}"
        )
        return log_lines(response.text)

    async def last_stable(self, project_id: str, verdicts: Mapping[str, Verdict]) -> Recommendation | None:
        """The deployment to roll back to, by `recommend` over what Vercel holds now."""
        current_id = (await self.project(project_id)).production_id
        found = await self.deployments(project_id, state=("READY",), rollback_candidate=True)
        if current_id and all(each.id != current_id for each in found):
            found = (*found, await self.deployment(current_id))
        return recommend(found, current_id, verdicts)

    async def newer(self, project_id: str, pinned_id: str) -> tuple[Deployment, ...]:
        """What production could be promoted to while it is pinned to this deployment, newest first."""
        found = await self.deployments(project_id, state=("READY",))
        if all(each.id != pinned_id for each in found):
            found = (*found, await self.deployment(pinned_id))
        return newer(found, pinned_id)

    async def deploy(
        self, project: str, source: GitSource | Redeploy, *, key: str, target: str = "production", staged: bool = False
    ) -> Deployment:
        """Starts a build. `staged`: it will get no production traffic until promoted. `key` finds it again: `find`."""
        body: dict[str, Any] = {"name": project, "project": project, "target": target, **source.body()}
        body["meta"] = {**body.get("meta", {}), KEY: key}
        if staged:
            body["autoAssignCustomDomains"] = False
        action = f"deploy {project}"
        response = await self._api.change(
            "POST",
            "/v13/deployments",
            params={"forceNew": "1", "skipAutoDetectionConfirmation": "1"},
            body=body,
            action=action,
        )
        try:
            return self._api.shaped(Deployment, response)
        except Broken as error:
            raise Ambiguous("Vercel", action=action, reason=error.reason) from None

    async def find(
        self, project_id: str, key: str, *, since: datetime, target: str | None = None, settle_s: float = 10.0
    ) -> Deployment | None:
        """The deployment that `deploy` started with this key at or after `since`.

        A request that was lost on the way may still arrive: None is said only after it stayed so for `settle_s`.
        """
        async for _ in self._pace.polls(self._poll_seconds, settle_s):
            for each in await self.deployments(project_id, target=target, limit=100, since=since - CLOCK_SKEW):
                if each.meta.get(KEY) == key:
                    return each
        return None

    async def wait_commit(self, project_id: str, sha: str, timeout_s: float) -> Deployment | None:
        """The production deployment of this commit, waited for; None when there is none in time.

        Of several it is the newest that did not fail. Reads only: whoever made it, no second one is asked for.
        """
        async for _ in self._pace.polls(self._poll_seconds * 3, timeout_s):
            found = await _or_none(self.deployments(project_id, sha=sha)) or ()
            ours = [each for each in found if each.commit and each.commit.sha == sha]
            if ours:
                return next((each for each in ours if _ENDS.get(each.state, "ready") == "ready"), ours[0])
        return None

    async def promote(self, project_id: str, deployment_id: str) -> Requested:
        """Asks for production traffic to move to this deployment, without a build. Wait with `wait_alias`."""
        path = f"/v10/projects/{_part(project_id)}/promote/{_part(deployment_id)}"
        return await self._move("promote", path, project_id, deployment_id, params={})

    async def rollback(self, project_id: str, deployment_id: str, description: str) -> Requested:
        """Asks for production to go back to this deployment, which pins it. `description` is cut to 250 characters."""
        path = f"/v1/projects/{_part(project_id)}/rollback/{_part(deployment_id)}"
        params = {"description": description[:LONGEST_DESCRIPTION]} if description else {}
        return await self._move("rollback", path, project_id, deployment_id, params=params)

    async def _move(self, kind: str, path: str, project_id: str, deployment_id: str, *, params: Params) -> Requested:
        try:
            response = await self._api.change(
                "POST", path, params=params, body={}, action=f"{kind} {project_id} to {deployment_id}"
            )
        except Rejected as error:
            if error.status == 409 and await self._is_current(project_id, deployment_id):
                return Requested(deployment_id, "already_current")
            raise
        return Requested(deployment_id, "queued" if response.status_code == 202 else "requested")

    async def _is_current(self, project_id: str, deployment_id: str) -> bool:
        """Whether a 409 means "already current". Its code is not documented, so the project is asked."""
        project = await self.project(project_id)
        last = project.alias_request
        moving_away = last and last.to_id != deployment_id and last.status in MOVING
        return project.production_id == deployment_id and not moving_away

    async def cancel(self, deployment_id: str) -> None:
        """Stops a build. `Rejected` when it is over already."""
        path = f"/v12/deployments/{_part(deployment_id)}/cancel"
        await self._api.change("PATCH", path, action=f"cancel {deployment_id}")

    async def wait_ready(
        self, deployment_id: str, timeout_s: float, tell: Callable[[Deployment], None] = lambda seen: None
    ) -> Build:
        """Waits until the build is over; `tell` hears each look. An outage of Vercel's API is waited through."""
        seen: Deployment | None = None
        async for _ in self._pace.polls(self._poll_seconds, timeout_s):
            seen = await _or_none(self.deployment(deployment_id)) or seen
            if seen:
                tell(seen)
            if seen and seen.ended:
                return Build(_ENDS[seen.state], seen)
        return Build("timeout", seen)

    async def wait_alias(
        self,
        project_id: str,
        deployment_id: str,
        requested_after: datetime,
        timeout_s: float,
        tell: Callable[[str], None] = lambda reason: None,
    ) -> AliasOutcome:
        """Waits until production is this deployment, by a request made after `requested_after` (our clock).

        `tell` hears at each look why it is not over.
        """
        reason, project, superseded_before = "Vercel did not answer", None, False
        async for _ in self._pace.polls(self._poll_seconds, timeout_s):
            project = await _or_none(self.project(project_id)) or project
            if project is None:
                continue
            seen = judge_alias(project, deployment_id, requested_after)
            reason = seen.reason
            tell(reason)
            # Another request may show for a moment before ours is registered: once is not yet superseded.
            if seen.state in ("succeeded", "failed") or (seen.state == "superseded" and superseded_before):
                return AliasOutcome(seen.state, reason, project)
            superseded_before = seen.state == "superseded"
        return AliasOutcome("timeout", reason, project)

    async def wait_quiet(self, project_id: str, timeout_s: float) -> bool:
        """Waits until no promote or rollback is under way, and says whether that is so when the time is over."""
        async for _ in self._pace.polls(self._poll_seconds, timeout_s):
            project = await _or_none(self.project(project_id))
            if project and not (project.alias_request and project.alias_request.status in MOVING):
                return True
        return False

    async def reconcile(
        self, project_id: str, deployment_id: str, since: datetime, *, settle_s: float = 10.0
    ) -> Reconciled:
        """Whether a promote or rollback whose answer was lost has happened, by reading only.

        A request that was lost on the way may still arrive: "not done" is said only after it stayed so for `settle_s`.
        """
        answer = Reconciled("unknown", "Vercel did not answer")
        async for _ in self._pace.polls(self._poll_seconds, settle_s):
            project = await _or_none(self.project(project_id))
            if project is None:
                answer = Reconciled("unknown", "Vercel did not answer")
                continue
            answer = reconciled(project, deployment_id, since)
            if answer.state in ("done", "in_progress"):
                return answer
        return answer


async def _or_none(reading: Awaitable[T]) -> T | None:
    """None while the vendor cannot answer; what it will never answer is raised."""
    try:
        return await reading
    except (Unreachable, Broken, Limited):
        return None


def _part(text: str) -> str:
    return quote(text, safe="")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
