"""`metrics.check`: the runbook's metrics against its alert thresholds. What cannot be known is left to a person."""

from bot.errors import Refusal
from bot.health.metrics import Verdict, measure
from bot.runbook.steps import MetricsCheck
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided


async def run(step: MetricsCheck, context: Context) -> Outcome:
    """Done when every metric has data and keeps its thresholds; a broken one fails it."""
    monitoring = context.runbook.monitoring
    assert monitoring, "the runbook was checked: the step's metrics are there"
    try:
        verdict = await measure(context.tools, monitoring, step.metrics)
    except Refusal as refusal:
        return Undecided(refusal.sentence)
    detail = {"metrics": detail_of(verdict)}
    match verdict.at(step.level):
        case "good":
            return Done(verdict.words, detail)
        case "broken":
            return Failed(verdict.words, detail)
        case "unknown":
            return Undecided(verdict.words, detail)


def detail_of(verdict: Verdict) -> dict[str, dict[str, object]]:
    """What was read, as steps keep it."""
    return {each.metric.id: {"value": each.reading.value, "state": each.state} for each in verdict.judged}
