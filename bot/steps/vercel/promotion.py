"""`vercel.promote` and `vercel.rollback`: one request to move production, never repeated, its intent kept before it.

They only ask: traffic has moved when `vercel.wait_alias` has seen it. What became of a lost answer is found out by
reading.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Literal

from bot.errors import Ambiguous, Refusal
from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import AliasRequest, Project
from bot.integrations.vercel.rules import Requested, cannot_serve
from bot.production.inputs import ProductionInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.production.requests import is_new
from bot.runbook.base import Slug
from bot.runbook.steps import Step, StepKind
from bot.runs.outcome import Context, Done, Failed, Outcome, Unknown
from bot.steps.vercel.deployments import asked_at, project_of
from bot.text import say


class VercelPromote(Step):
    """Point production at the deployment that this run built."""

    effect: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    moves_production: ClassVar[bool] = True
    kind: Literal["vercel.promote"]
    service: Slug

    def misplaced(self, kind: str) -> str:
        return "" if kind == "deploy" else say("only a procedure of kind 'deploy' has exclusive use of production")


class VercelRollback(Step):
    """Point production back at the chosen earlier deployment of a service."""

    effect: ClassVar[bool] = True
    read_back: ClassVar[bool] = True
    moves_production: ClassVar[bool] = True
    kind: Literal["vercel.rollback"]
    service: Slug

    def misplaced(self, kind: str) -> str:
        return "" if kind == "rollback" else say("only a procedure of kind 'rollback' knows its target")


SETTLES_S = 20.0
"""Seconds that another promote or rollback is given to end before this one is asked for."""
Move = VercelPromote | VercelRollback


async def promote(step: VercelPromote, context: Context) -> Outcome:
    """Ask for production to be what this run built."""
    target, name = _target(step, context), project_of(context.runbook.service(step.service))
    await _check_built(context, step.service, target)
    return await _move(context, name, target, partial(context.tools.client(Vercel).promote, name, target))


async def rollback(step: VercelRollback, context: Context) -> Outcome:
    """Ask for production to go back to the chosen deployment, where it stays pinned; an undo promotes instead."""
    vercel, target = context.tools.client(Vercel), _target(step, context)
    name = project_of(context.runbook.service(step.service))
    if why := cannot_serve(await vercel.deployment(target), await vercel.project(name)):
        return Failed(why)
    if RollbackInputs.of(context.run).unpins:
        return await _move(context, name, target, partial(vercel.promote, name, target))
    # A promote that is still under way would end after the rollback was asked for, or make it "current already".
    await vercel.wait_quiet(name, SETTLES_S)
    note = say("NeonOps run {id}: {title}", id=context.run.id, title=context.run.title)
    return await _move(context, name, target, partial(vercel.rollback, name, target, note))


async def _check_built(context: Context, service: str, target: str) -> None:
    """Raise a Refusal when what is to be promoted was built of another commit than the one that was approved."""
    approved = context.run.inputs.sha
    made = await context.tools.client(Vercel).deployment(target)
    if approved and made.commit and made.commit.sha != approved:
        sentence = say("{id} was built from {built}, and {approved} was approved.", id=target,
                       built=made.commit.sha[:7], approved=approved[:7])  # fmt: skip
        raise Refusal(sentence)


async def _move(context: Context, name: str, target: str, request: Callable[[], Awaitable[Requested]]) -> Outcome:
    """Keep what is live and what is asked for, then ask. A lost answer keeps what is known: it may have happened."""
    project = await context.tools.client(Vercel).project(name)
    detail = {**_before(context, project, target), **_intent(context, target, project.alias_request)}
    await context.keep(detail)
    try:
        asked = await request()
    except Ambiguous as lost:
        return Unknown(lost.sentence, {**detail, "state": "requested"})
    detail["state"] = asked.state
    if asked.state == "already_current":
        return Done(say("{id} was already live", id=target), detail)
    return Done(say("requested that {id} goes live", id=target), detail)


def _intent(context: Context, target: str, newest: AliasRequest | None) -> dict[str, str]:
    """What this attempt asks for, and the newest request that Vercel showed before it."""
    seen = newest.identity if newest else ""
    return {"deployment": target, "asked_at": asked_at(context).isoformat(), "newest_request": seen}


def _before(context: Context, project: Project, target: str) -> dict[str, str | None]:
    """What is live before this run moves it: as the first attempt saw it.

    `was_live` is the fact; `before` is where to go back to: when the target is live already (Vercel made a merge live
    by itself), what was before it.
    """
    known = context.record.detail
    if known.get("was_live"):
        return {"was_live": known["was_live"], "before": known.get("before")}
    live = project.production_id
    return {"was_live": live, "before": live if live != target else _before_merge(context, target)}


def _before_merge(context: Context, target: str) -> str | None:
    built = (record.detail for record in context.records.values() if record.detail.get("deployment") == target)
    return next((detail["before"] for detail in built if detail.get("before")), None)


def _target(step: Move, context: Context) -> str:
    target = target_of(step.service, context)
    if target is None:
        raise Refusal(say("There is no deployment of {service} to promote.", service=step.service))
    return target


def target_of(service: str, context: Context) -> str | None:
    """The deployment that this run makes live: what it built, else what was chosen to go back to."""
    built: str | None = context.detail_of("vercel.deploy", service).get("deployment")
    return built or ProductionInputs.of(context.run).choice.get(service)


async def reconcile(step: Move, context: Context) -> Outcome:
    """After a lost answer or an interruption: whether the promote or rollback was asked for, by reading the project."""
    target, known = _target(step, context), context.record.detail
    asked = known if known.get("deployment") == target else {"asked_at": asked_at(context).isoformat()}
    name = project_of(context.runbook.service(step.service))
    found = await context.tools.client(Vercel).reconcile(name, target, is_new(asked))
    detail = {**asked, "deployment": target, "state": "requested", **_read_before(known, found.project, target)}
    if found.state in ("done", "in_progress"):
        return Done(say("Vercel's answer was lost, but the request had arrived: {why}", why=found.reason), detail)
    if found.state == "not_done":
        return Failed(say("It did not happen: {why}", why=found.reason), {**detail, "state": "not_done"})
    why = say("Vercel's answer was lost, and NeonOps cannot tell whether it happened: {why}", why=found.reason)
    return Unknown(why, detail)


def _read_before(known: Mapping[str, Any], project: Project | None, target: str) -> dict[str, str | None]:
    """What was live before, when the interruption came before it was kept: as the request itself says."""
    last = project.alias_request if project else None
    if known.get("before") or known.get("was_live") or last is None or last.to_id != target:
        return {}
    return {"was_live": last.from_id, "before": last.from_id}


KINDS = (
    StepKind(VercelPromote, promote, reconcile),
    StepKind(VercelRollback, rollback, reconcile),
)
