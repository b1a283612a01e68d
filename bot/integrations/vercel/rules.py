"""What may be concluded from what Vercel shows. Pure functions: no calls, no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.integrations.vercel.model import AliasRequest, Deployment, Project
from bot.text import say

Verdict = Literal["healthy", "unhealthy", "unknown"]
IsNew = Callable[[AliasRequest], bool]
"""Whether a promote or rollback that Vercel shows was asked for after what it showed before ours. Requests are told
apart by what they are: Vercel's clock and ours need not agree."""

MOVING = ("pending", "in-progress")


@dataclass(frozen=True)
class Requested:
    """A change that Vercel accepted. `queued`: behind an active rolling release; `already_current`: nothing to do."""

    deployment_id: str
    state: Literal["requested", "queued", "already_current"]


@dataclass(frozen=True)
class AliasOutcome:
    """How a promote or rollback ended. `superseded`: somebody asked for another deployment after us; `unseen`: nobody
    asked."""

    state: Literal["succeeded", "failed", "superseded", "unseen", "timeout"]
    reason: str
    project: Project | None = None


@dataclass(frozen=True)
class Reconciled:
    """Whether a change whose answer was lost has happened. `unknown` is for a person to decide."""

    state: Literal["done", "not_done", "in_progress", "unknown"]
    reason: str
    project: Project | None = None


@dataclass(frozen=True)
class Judgement:
    """What one look at a project says about our request."""

    state: Literal["succeeded", "failed", "superseded", "running", "unseen"]
    reason: str


def judge_alias(project: Project, deployment_id: str, is_new: IsNew) -> Judgement:
    """What this reading says of our request for `deployment_id`.

    Live means that the project's production target is our deployment and that no job is still moving the traffic, to
    it or away from it. A READY build proves neither, and neither does a request that was accepted.
    """
    last = project.alias_request
    asked = last if last is not None and is_new(last) else None
    if asked is None:
        return _judge_target(project, deployment_id, last)
    if asked.to_id != deployment_id:
        return Judgement(
            "superseded",
            say("{kind} to {id} was requested afterwards", kind=asked.kind or say("a change"), id=asked.to_id),
        )
    if asked.status in ("failed", "skipped"):
        return Judgement("failed", say("the job that moves the traffic ended as {status}", status=asked.status))
    if asked.status != "succeeded":
        return Judgement(
            "running", say("the job that moves the traffic is {status}", status=asked.status or say("not started"))
        )
    if project.production_id == deployment_id:
        return Judgement("succeeded", say("production is {id}", id=deployment_id))
    return Judgement(
        "running",
        say("the job succeeded, but production is still {id}", id=project.production_id),
    )


def _judge_target(project: Project, deployment_id: str, earlier: AliasRequest | None) -> Judgement:
    """The same while Vercel shows no new request: somebody else may have made it live, or Vercel by itself."""
    if project.production_id != deployment_id:
        return Judgement("unseen", say("Vercel shows no request since then"))
    if earlier is not None and earlier.status in MOVING and earlier.to_id != deployment_id:
        return Judgement("running", say("an earlier job still moves the traffic to {id}", id=earlier.to_id))
    return Judgement("succeeded", say("production is {id}", id=deployment_id))


def reconciled(project: Project, deployment_id: str, is_new: IsNew) -> Reconciled:
    """Whether production was moved to `deployment_id` by a new request whose answer was lost."""
    seen = judge_alias(project, deployment_id, is_new)
    match seen.state:
        case "succeeded":
            return Reconciled("done", seen.reason, project)
        case "running":
            return Reconciled("in_progress", seen.reason, project)
        case "superseded":
            return Reconciled("unknown", seen.reason, project)
        case "failed" | "unseen":
            return Reconciled("not_done", seen.reason, project)


@dataclass(frozen=True)
class Recommendation:
    """The deployment to go back to. `verified`: our own history saw it healthy; otherwise say that we did not."""

    deployment: Deployment
    verified: bool


def recommend(
    deployments: Sequence[Deployment], current_id: str | None, verdicts: Mapping[str, Verdict]
) -> Recommendation | None:
    """The last stable deployment: the newest that our history (`verdicts`, by id) saw healthy, else the newest.

    Only what had production traffic before the current one counts, and nothing that our history saw unhealthy.
    `deployments` includes the current one: without it nobody can tell what is older, and only what was seen
    healthy is recommended.
    """
    current = next((each for each in deployments if each.id == current_id), None)
    eligible = [each for each in deployments if each.id != current_id and _can_go_back_to(each, current)]
    newest_first = sorted(eligible, key=lambda each: each.created_at, reverse=True)
    for each in newest_first:
        if verdicts.get(each.id) == "healthy":
            return Recommendation(each, verified=True)
    unjudged = [each for each in newest_first if verdicts.get(each.id) != "unhealthy"]
    return Recommendation(unjudged[0], verified=False) if unjudged and (current or current_id is None) else None


def newer(deployments: Sequence[Deployment], pinned_id: str) -> tuple[Deployment, ...]:
    """What had production traffic and is newer than the deployment that production is pinned to, newest first.

    `deployments` includes the pinned one: without it nobody can tell what is newer.
    """
    pinned = next((each for each in deployments if each.id == pinned_id), None)
    found = [each for each in deployments if pinned and had_traffic(each) and each.created_at > pinned.created_at]
    return tuple(sorted(found, key=lambda each: each.created_at, reverse=True))


def had_traffic(each: Deployment, live_id: str | None = None) -> bool:
    """Whether it is, or was, a production deployment with traffic. `live_id` is the project's production target.

    Where Vercel gives no `readySubstate`, the production target and the domains that were assigned tell it.
    """
    served = each.substate == "PROMOTED" or each.id == live_id or (each.substate is None and each.alias_assigned)
    return served and each.state == "READY" and each.target == "production" and not each.soft_deleted


def cannot_serve(each: Deployment, project: Project) -> str | None:
    """Why production of this project cannot go back to the deployment, in a sentence; None when it can."""
    if not _belongs(each, project):
        return say("{id} is a deployment of another project than {project}.", id=each.id, project=project.name)
    if each.target != "production":
        return say("{id} is a preview, and only production deployments can be gone back to.", id=each.id)
    if each.state != "READY" or each.soft_deleted:
        state = "DELETED" if each.soft_deleted else each.state
        return say("{id} cannot serve traffic: it is {state}.", id=each.id, state=state.lower())
    if not had_traffic(each, project.production_id):
        return say("{id} never had production traffic: it was built, and never promoted.", id=each.id)
    if each.rollback_candidate is False and each.id != project.production_id:
        return say("Vercel no longer accepts {id} for a rollback.", id=each.id)
    return None


def _belongs(each: Deployment, project: Project) -> bool:
    return each.project_id in (project.id, project.name) if each.project_id else each.name == project.name


def _can_go_back_to(candidate: Deployment, current: Deployment | None) -> bool:
    return (
        had_traffic(candidate)
        and candidate.rollback_candidate is not False
        and (current is None or candidate.created_at < current.created_at)
    )
