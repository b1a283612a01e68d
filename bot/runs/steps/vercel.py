"""`vercel.*`: list, deploy, promote, roll back, and wait until it is live.

Every change is one request that is never repeated; what became of a lost answer is found out by reading. Promote and
rollback only ask: traffic has moved when `vercel.wait_alias` saw the alias job of this very request succeed.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from bot.errors import Ambiguous, Refusal
from bot.integrations.vercel import Deployment, Requested
from bot.runbook.model import Service
from bot.runbook.steps import VercelList, VercelPromote, VercelRollback, VercelWaitAlias
from bot.runs.layout import applies
from bot.runs.outcome import Context, Done, Failed, Outcome, Unknown
from bot.text import rough, say

_LIMIT = 20
SETTLES_S = 20.0
"""Seconds that another promote or rollback is given to end before this one is asked for."""


def project_of(service: Service) -> str:
    """The service's project on Vercel."""
    assert service.vercel_project, f"the runbook was checked: {service.id} has a Vercel project"
    return service.vercel_project


def brief(deployment: Deployment) -> dict[str, str]:
    """A deployment as steps keep it: id, commit, message, author, when it was made (ISO 8601)."""
    commit = deployment.commit
    return {
        "id": deployment.id,
        "sha": commit.sha[:7] if commit else "",
        "message": rough((commit.message or "").split("\n")[0]) if commit else "",
        "author": rough(commit.author or "") if commit else "",
        "created_at": deployment.created_at.isoformat(),
    }


async def list_deployments(step: VercelList, context: Context) -> Outcome:
    """The last production deployments, which one is live, and which one to go back to."""
    found: dict[str, object] = {}
    lines: list[str] = []
    for name in step.services:
        if applies(name, context.run.targets):
            listed = await _listed(context, context.runbook.service(name), step.limit)
            found[name] = listed
            lines.append(_summary(context.runbook.service(name), listed))
    return Done("\n".join(lines), {"services": found})


async def _listed(context: Context, service: Service, limit: int) -> dict[str, object]:
    vercel, name = context.tools.vercel, project_of(service)
    project = await vercel.project(name)
    deployments = await vercel.deployments(name, state=("READY",), limit=_LIMIT)
    recommended = await vercel.last_stable(name, context.run.inputs.get("verdicts", {}))
    return {
        "live": project.production_id,
        "pinned": project.pinned,
        "recommended": recommended.deployment.id if recommended else None,
        "back_to": brief(recommended.deployment) if recommended else None,
        "verified": bool(recommended and recommended.verified),
        "deployments": [brief(each) for each in _earlier(deployments, project.production_id)[:limit]],
    }


def _earlier(deployments: tuple[Deployment, ...], live: str | None) -> list[Deployment]:
    return [each for each in deployments if each.substate == "PROMOTED" or each.id == live]


def _summary(service: Service, listed: dict[str, object]) -> str:
    rows: list[dict[str, str]] = listed["deployments"]  # type: ignore[assignment]
    live = next((row for row in rows if row["id"] == listed["live"]), None)
    back: dict[str, str] | None = listed["back_to"]  # type: ignore[assignment]
    return say(
        "{service}: live {live}{pinned}; before: {back}",
        service=service.title,
        live=_short(live) if live else listed["live"],
        pinned=say(" (pinned by a rollback)") if listed["pinned"] else "",
        back=_short(back) if back else say("nothing to go back to"),
    )


def _short(row: dict[str, str]) -> str:
    return f"{row['sha'] or row['id']} {row['message']}".strip()


def asked_at(context: Context) -> datetime:
    """When the intent of this attempt was written."""
    assert context.record.started_at, "the intent was written when it started"
    return context.record.started_at


async def promote(step: VercelPromote, context: Context) -> Outcome:
    """Ask for production to be what this run built."""
    target, name = _target(step, context), project_of(context.runbook.service(step.service))
    return await _move(context, name, target, partial(context.tools.vercel.promote, name, target))


async def rollback(step: VercelRollback, context: Context) -> Outcome:
    """Ask for production to go back to the chosen deployment, where it stays pinned; an undo promotes instead."""
    target, name = _target(step, context), project_of(context.runbook.service(step.service))
    if context.run.unpins:
        return await _move(context, name, target, partial(context.tools.vercel.promote, name, target))
    # A promote that is still under way would end after the rollback was asked for, or make it "current already".
    await context.tools.vercel.wait_quiet(name, SETTLES_S)
    why = say("NeonOps run {id}: {title}", id=context.run.id, title=context.run.title)
    return await _move(context, name, target, partial(context.tools.vercel.rollback, name, target, why))


async def _move(context: Context, name: str, target: str, request: Callable[[], Awaitable[Requested]]) -> Outcome:
    """Remember what is live, then ask. A lost answer keeps what is known: it may have happened."""
    before = context.record.detail.get("before") or await _live_before(context, name, target)
    try:
        asked = await request()
    except Ambiguous as lost:
        return Unknown(lost.sentence, _detail(context, target, "requested", before))
    detail = _detail(context, target, asked.state, before)
    if asked.state == "already_current":
        return Done(say("{id} is live already", id=target), detail)
    return Done(say("asked for {id} to go live", id=target), detail)


async def _live_before(context: Context, name: str, target: str) -> str | None:
    """What is live now; when that is the target already (Vercel made a merge live by itself), what was before it."""
    live = (await context.tools.vercel.project(name)).production_id
    if live != target:
        return live
    built = (record.detail for record in context.records.values() if record.detail.get("deployment") == target)
    return next((detail["before"] for detail in built if detail.get("before")), None)


def _detail(context: Context, target: str, state: str, before: str | None) -> dict[str, str | None]:
    return {"deployment": target, "asked_at": asked_at(context).isoformat(), "state": state, "before": before}


def _target(step: VercelPromote | VercelRollback, context: Context) -> str:
    if isinstance(step, VercelPromote):
        built: str | None = context.detail_of("vercel.deploy", step.service).get("deployment")
    else:
        built = context.run.inputs.get("choice", {}).get(step.service)
    if built is None:
        raise Refusal(say("There is no deployment of {service} to make live.", service=step.service))
    return built


async def reconcile_move(step: VercelPromote | VercelRollback, context: Context) -> Outcome:
    """After a lost answer or an interruption: whether the promote or rollback was asked for, by reading the project."""
    target = _target(step, context)
    name = project_of(context.runbook.service(step.service))
    found = await context.tools.vercel.reconcile(name, target, asked_at(context))
    last = found.project.alias_request if found.project else None
    before = context.record.detail.get("before") or (last.from_id if last and last.to_id == target else None)
    detail = _detail(context, target, "requested", before)
    if found.state in ("done", "in_progress"):
        return Done(say("Vercel's answer was lost, but it had been asked for: {why}", why=found.reason), detail)
    if found.state == "not_done":
        return Failed(say("It did not happen: {why}", why=found.reason), detail)
    why = say("Vercel's answer was lost, and NeonOps cannot tell whether it happened: {why}", why=found.reason)
    return Unknown(why, detail)


async def wait_alias(step: VercelWaitAlias, context: Context) -> Outcome:
    """Wait until production is what this run asked for."""
    asked = context.detail_of("vercel.promote", step.service) or context.detail_of("vercel.rollback", step.service)
    if not asked:
        return Failed(say("Nothing was asked for, so there is nothing to wait for."))
    if asked["state"] == "already_current":
        return Done(say("{id} is live already", id=asked["deployment"]), {"deployment": asked["deployment"]})
    name = project_of(context.runbook.service(step.service))
    since = datetime.fromisoformat(asked["asked_at"])
    patience = context.seconds_left(step)
    outcome = await context.tools.vercel.wait_alias(name, asked["deployment"], since, patience, context.report)
    if outcome.state == "succeeded":
        return Done(say("{id} is live", id=asked["deployment"]), {"deployment": asked["deployment"]})
    return Failed(say("{id} is not live: {why}", id=asked["deployment"], why=outcome.reason))
