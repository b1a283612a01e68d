"""`vercel.wait_alias`: production has moved when it was seen to have moved."""

from datetime import timedelta
from functools import partial
from typing import ClassVar, Literal

from bot.integrations.vercel.client import Vercel
from bot.integrations.vercel.model import AliasRequest
from bot.integrations.vercel.rules import MOVING, AliasOutcome
from bot.production.requests import is_new
from bot.runbook.base import Duration, Slug
from bot.runbook.steps import Step, StepKind
from bot.runs.model import StepState
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.steps.vercel.deployments import project_of
from bot.steps.vercel.promotion import target_of
from bot.text import say


class VercelWaitAlias(Step):
    """Wait until the alias job of this run's own promote or rollback has succeeded: only then is it live."""

    interruptible: ClassVar[bool] = True
    keeps_time: ClassVar[bool] = True
    about_changes: ClassVar[bool] = True
    awaits_move: ClassVar[bool] = True
    kind: Literal["vercel.wait_alias"]
    service: Slug
    timeout: Duration = timedelta(minutes=4)


async def run(step: VercelWaitAlias, context: Context) -> Outcome:
    """Wait until production is what this run asked for; look, and do not wait, when it asked for nothing."""
    asked = context.detail_of("vercel.promote", step.service) or context.detail_of("vercel.rollback", step.service)
    target = asked.get("deployment") or target_of(step.service, context)
    if target is None:
        return Failed(say("Nothing was requested, so there is nothing to wait for."))
    unasked = _unasked(step, context)
    name, patience = project_of(context.runbook.service(step.service)), context.seconds_left(step)
    is_ours = partial(_moves_to, target) if unasked else is_new(asked)
    seen = await context.tools.client(Vercel).wait_alias(
        name, target, is_ours, patience, context.report, comes=unasked is None
    )
    if seen.state == "succeeded":
        return Done(say("{id} is live", id=target), {"deployment": target, "alias": seen.state, "how": _how(seen)})
    why = _unasked_words(unasked, context, seen) if unasked else seen.reason
    return Failed(say("{id} is not live: {why}", id=target, why=why), {"alias": seen.state})


def _unasked(step: VercelWaitAlias, context: Context) -> Step | None:
    """The step that was to move production and asked for nothing, such as one that was skipped; None when one asked.

    Without such a step Vercel moves production by itself, which is waited for.
    """
    moves = [each for _, each in context.procedure.steps() if each.moves_production and each.service == step.service
             and each.id in context.records]  # fmt: skip
    records = [context.records[each.id] for each in moves]
    if any(each.state is not StepState.SKIPPED and "deployment" in each.detail for each in records):
        return None
    return next(iter(moves), None)


def _moves_to(target: str, request: AliasRequest) -> bool:
    """Whether somebody else's request is moving production to what this run was to make live."""
    return request.to_id == target and request.status in MOVING


def _unasked_words(move: Step, context: Context, seen: AliasOutcome) -> str:
    if seen.state != "unseen" or seen.project is None:
        return seen.reason
    skipped = context.records[move.id].state is StepState.SKIPPED
    why = say("‹{step}› was skipped", step=move.text) if skipped else say("this run did not request it")
    return say("{why}, and production is {live}", why=why, live=seen.project.production_id or say("nothing"))


def _how(seen: AliasOutcome) -> str:
    """By what it was seen: by the job that moved the traffic, or by production alone."""
    last = seen.project.alias_request if seen.project else None
    return "alias_job" if last and seen.project and last.to_id == seen.project.production_id else "production"


KINDS = (StepKind(VercelWaitAlias, run),)
