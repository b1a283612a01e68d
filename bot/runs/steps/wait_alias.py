"""`vercel.wait_alias`: production has moved when it was seen to have moved."""

from bot.integrations.vercel import AliasOutcome
from bot.runbook.steps import VercelWaitAlias
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.runs.steps.moving import is_new, target_of
from bot.runs.steps.vercel import project_of
from bot.text import say


async def run(step: VercelWaitAlias, context: Context) -> Outcome:
    """Wait until production is what this run asked for."""
    asked = context.detail_of("vercel.promote", step.service) or context.detail_of("vercel.rollback", step.service)
    target = asked.get("deployment") or target_of(step.service, context)
    if target is None:
        return Failed(say("Nothing was asked for, so there is nothing to wait for."))
    name, patience = project_of(context.runbook.service(step.service)), context.seconds_left(step)
    seen = await context.tools.vercel.wait_alias(name, target, is_new(asked), patience, context.report)
    if seen.state != "succeeded":
        return Failed(say("{id} is not live: {why}", id=target, why=seen.reason), {"alias": seen.state})
    return Done(say("{id} is live", id=target), {"deployment": target, "alias": seen.state, "how": _how(seen)})


def _how(seen: AliasOutcome) -> str:
    """By what it was seen: by the job that moved the traffic, or by production alone."""
    last = seen.project.alias_request if seen.project else None
    return "alias_job" if last and seen.project and last.to_id == seen.project.production_id else "production"
