"""`health.check`: groups of the runbook's health checks."""

from dataclasses import asdict

from bot.health.checks import look
from bot.runbook.steps import HealthCheckStep
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import plural, say


async def run(step: HealthCheckStep, context: Context) -> Outcome:
    """Done only when every check answered as it should."""
    report = await look(context.tools, [context.runbook.health_group(group) for group in step.groups])
    detail = {"health": [{**asdict(result), "at": result.at.isoformat()} for result in report.results]}
    if not report.unhealthy:
        slowest = max((result.latency_ms or 0 for result in report.results), default=0)
        count = plural("{count} check healthy", "{count} checks healthy", len(report.results))
        return Done(say("{count}, slowest {ms} ms", count=count, ms=slowest), detail)
    lines = (f"{result.title}: {result.reason or result.state}" for result in report.unhealthy)
    return Failed("\n".join(lines), detail)
