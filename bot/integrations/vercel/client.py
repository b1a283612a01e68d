"""Changing Vercel: every change is one POST or PATCH, never repeated; what became of it is waited for by reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import Ambiguous, Broken, Rejected
from bot.integrations.http.api import Params
from bot.integrations.vercel.model import Deployment, GitSource, Redeploy
from bot.integrations.vercel.reads import KEY, Reads, or_none, part
from bot.integrations.vercel.rules import MOVING, AliasOutcome, IsNew, Reconciled, Requested, judge_alias, reconciled
from bot.text import say

# Vercel's limit for the reason of a rollback, https://github.com/vercel/vercel/pull/17443.
LONGEST_DESCRIPTION = 250
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


class Vercel(Reads):
    """One team's Vercel, with its changes."""

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

    async def promote(self, project_id: str, deployment_id: str) -> Requested:
        """Asks for production traffic to move to this deployment, without a build. Wait with `wait_alias`."""
        path = f"/v10/projects/{part(project_id)}/promote/{part(deployment_id)}"
        return await self._move("promote", path, project_id, deployment_id, params={})

    async def rollback(self, project_id: str, deployment_id: str, description: str) -> Requested:
        """Asks for production to go back to this deployment, which pins it. `description` is cut to 250 characters."""
        path = f"/v1/projects/{part(project_id)}/rollback/{part(deployment_id)}"
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

    async def wait_ready(
        self, deployment_id: str, timeout_s: float, tell: Callable[[Deployment], None] = lambda seen: None
    ) -> Build:
        """Waits until the build is over; `tell` hears each look. An outage of Vercel's API is waited through."""
        seen: Deployment | None = None
        async for _ in self.pace.polls(self._poll_seconds, timeout_s):
            seen = await or_none(self.deployment(deployment_id)) or seen
            if seen:
                tell(seen)
            if seen and seen.ended:
                return Build(_ENDS[seen.state], seen)
        return Build("timeout", seen)

    async def wait_alias(
        self,
        project_id: str,
        deployment_id: str,
        is_new: IsNew,
        timeout_s: float,
        tell: Callable[[str], None] = lambda reason: None,
        *,
        comes: bool = True,
    ) -> AliasOutcome:
        """Waits until production is this deployment; `is_new` tells requests from those before ours.

        `tell` hears at each look why it is not over. Unless a request `comes`, none is waited for: two looks that see
        none are enough.
        """
        reason: str = say("Vercel did not answer")
        project, before = None, ""
        # Another request may show for a moment before ours is registered: once is not yet superseded.
        over_twice = ("superseded",) if comes else ("superseded", "unseen")
        async for _ in self.pace.polls(self._poll_seconds, timeout_s):
            project = await or_none(self.project(project_id)) or project
            if project is None:
                continue
            seen = judge_alias(project, deployment_id, is_new)
            reason = seen.reason
            tell(reason)
            over = seen.state in ("succeeded", "failed") or (seen.state in over_twice and seen.state == before)
            if seen.state != "running" and over:
                return AliasOutcome(seen.state, reason, project)
            before = seen.state
        return AliasOutcome("timeout", reason, project)

    async def wait_quiet(self, project_id: str, timeout_s: float) -> bool:
        """Waits until no promote or rollback is under way, and says whether that is so when the time is over."""
        async for _ in self.pace.polls(self._poll_seconds, timeout_s):
            project = await or_none(self.project(project_id))
            if project and not (project.alias_request and project.alias_request.status in MOVING):
                return True
        return False

    async def reconcile(
        self, project_id: str, deployment_id: str, is_new: IsNew, *, settle_s: float = 10.0
    ) -> Reconciled:
        """Whether a promote or rollback whose answer was lost has happened, by reading only.

        A request that was lost on the way may still arrive: "not done" is said only after it stayed so for `settle_s`.
        """
        answer = Reconciled("unknown", say("Vercel did not answer"))
        async for _ in self.pace.polls(self._poll_seconds, settle_s):
            project = await or_none(self.project(project_id))
            if project is None:
                answer = Reconciled("unknown", say("Vercel did not answer"))
                continue
            answer = reconciled(project, deployment_id, is_new)
            if answer.state in ("done", "in_progress"):
                return answer
        return answer
