"""What may be concluded from what Vercel shows. Pure functions: no calls, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.integrations.vercel.model import Deployment, Project

# Vercel's clock stamps `requestedAt`, ours the moment before asking. The deployment has to be ours as well, so that
# an older request that falls into this margin asked for the very same thing.
CLOCK_SKEW = timedelta(seconds=5)

Verdict = Literal["healthy", "unhealthy", "unknown"]


@dataclass(frozen=True)
class Requested:
    """A change that Vercel accepted. `queued`: behind an active rolling release; `already_current`: nothing to do."""

    deployment_id: str
    state: Literal["requested", "queued", "already_current"]


@dataclass(frozen=True)
class AliasOutcome:
    """How a promote or rollback ended. `superseded`: somebody asked for another deployment after us."""

    state: Literal["succeeded", "failed", "superseded", "timeout"]
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


def judge_alias(project: Project, deployment_id: str, since: datetime) -> Judgement:
    """What this reading says about our request for `deployment_id`, made at or after `since`.

    Live means three things at once: the alias job succeeded, it is the job for our deployment and of our request,
    and the project's production target is our deployment. A READY build proves none of them.
    """
    last = project.alias_request
    if last is None or last.requested_at < since - CLOCK_SKEW:
        return Judgement("unseen", "Vercel shows no request since then")
    if last.to_id != deployment_id:
        if last.requested_at <= since:
            return Judgement("unseen", "Vercel shows no request since then")
        return Judgement("superseded", f"{last.kind or 'a change'} to {last.to_id} was asked for afterwards")
    if last.status in ("failed", "skipped"):
        return Judgement("failed", f"the job that moves the traffic ended as {last.status}")
    if last.status == "succeeded" and project.production_id == deployment_id:
        return Judgement("succeeded", f"production is {deployment_id}")
    if last.status == "succeeded":
        return Judgement("running", f"the job succeeded, but production is still {project.production_id}")
    return Judgement("running", f"the job that moves the traffic is {last.status or 'not started'}")


def reconciled(project: Project, deployment_id: str, since: datetime) -> Reconciled:
    """Whether production was moved to `deployment_id` by a request at or after `since` whose answer was lost."""
    seen = judge_alias(project, deployment_id, since)
    match seen.state:
        case "succeeded":
            return Reconciled("done", seen.reason, project)
        case "running":
            return Reconciled("in_progress", seen.reason, project)
        case "failed":
            return Reconciled("not_done", seen.reason, project)
        case "superseded":
            return Reconciled("unknown", seen.reason, project)
        case "unseen" if project.production_id == deployment_id:
            return Reconciled("done", f"production is {deployment_id} already", project)
        case "unseen":
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
    found = [each for each in deployments if pinned and _had_traffic(each) and each.created_at > pinned.created_at]
    return tuple(sorted(found, key=lambda each: each.created_at, reverse=True))


def _had_traffic(each: Deployment) -> bool:
    built = each.state == "READY" and each.substate == "PROMOTED"
    return built and each.target == "production" and not each.soft_deleted


def _can_go_back_to(candidate: Deployment, current: Deployment | None) -> bool:
    return (
        _had_traffic(candidate)
        and candidate.rollback_candidate is not False
        and (current is None or candidate.created_at < current.created_at)
    )
