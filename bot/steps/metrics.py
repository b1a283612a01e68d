"""`metrics.check`: the runbook's metrics against its alert thresholds. What cannot be known is left to a person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.errors import Refusal
from bot.health.metrics import Verdict, measure
from bot.runbook.base import Duration, Slug
from bot.runbook.steps import Proof, Reference, Step, StepKind, named
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided
from bot.text import say


class MetricsCheck(Step):
    """Read metrics of the runbook from Prometheus and judge them by its alert thresholds.

    A broken threshold fails the step. Without data, or without PROMETHEUS_URL, nothing is known: a person ticks or
    skips it, and with `required: false` the run goes on.
    """

    interruptible: ClassVar[bool] = True
    proves: ClassVar[Proof | None] = Proof.METRICS
    kind: Literal["metrics.check"]
    metrics: Annotated[tuple[Slug, ...], Field(min_length=1)] = Field(description="Metrics that have a query.")
    level: Literal["critical", "warning"] = Field(
        default="warning", description="Thresholds that count: critical alone, or warning and critical."
    )
    timeout: Duration = timedelta(seconds=20)

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("metric", ("metrics",), self.metrics)

    def shown(self) -> Iterator[str]:
        yield say("{metrics}, thresholds: {level}", metrics=", ".join(self.metrics), level=self.level)


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


KINDS = (StepKind(MetricsCheck, run),)
