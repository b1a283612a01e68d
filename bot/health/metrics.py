"""The runbook's metrics, read and judged by its alert thresholds. No data is not healthy: it is unknown."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import Refusal
from bot.integrations.prometheus.client import Prometheus, Reading, no_data
from bot.runbook.sections import Metric, Monitoring, Threshold
from bot.text import say
from bot.tools import Tools

Level = Literal["critical", "warning"]
State = Literal["critical", "warning", "healthy", "unknown"]


@dataclass(frozen=True)
class Judged:
    """One metric, what it reads, and the gravest threshold that it breaks."""

    metric: Metric
    reading: Reading
    broken: Threshold | None = None

    @property
    def state(self) -> State:
        """`critical` or `warning` when it breaks such a threshold, `unknown` without data, else `healthy`."""
        if self.broken:
            return self.broken.level
        return "unknown" if self.reading.value is None else "healthy"

    @property
    def words(self) -> str:
        """`Error Rate 0.2% (< 1% of requests)`, `Error Rate 7% breaks error_rate > 5%`, `Error Rate: no data`."""
        if self.reading.value is None:
            return say("{metric}: {why}", metric=self.metric.text, why=self.reading.reason or say("no data"))
        value = self.metric.shown(self.reading.value)
        if self.broken:
            sentence = "{metric} {value} breaks {threshold} ({level})"
            level = say("critical") if self.broken.level == "critical" else say("warning")
            return say(sentence, metric=self.metric.text, value=value, threshold=self.broken.text, level=level)
        return say(
            "{metric} {value} (target {target})", metric=self.metric.text, value=value, target=self.metric.target
        )


@dataclass(frozen=True)
class Verdict:
    """What metrics say together."""

    judged: tuple[Judged, ...]

    def of(self, *states: State) -> tuple[Judged, ...]:
        """The metrics in these states."""
        return tuple(each for each in self.judged if each.state in states)

    def at(self, level: Level) -> Literal["good", "broken", "unknown"]:
        """The answer to "may we go on?" when thresholds of this level and above count.

        `broken`: a threshold that counts is broken. `unknown`: none is, but a metric has no data, so that nobody knows.
        `good`: every metric has data and keeps its thresholds.
        """
        if self.of("critical") or (level == "warning" and self.of("warning")):
            return "broken"
        return "unknown" if self.of("unknown") or not self.judged else "good"

    @property
    def words(self) -> str:
        """A line a metric, what is wrong first."""
        order: tuple[State, ...] = ("critical", "warning", "unknown", "healthy")
        return "\n".join(each.words for state in order for each in self.of(state))


def judge(monitoring: Monitoring, readings: Mapping[str, Reading]) -> Verdict:
    """Judge readings (metric id -> reading) by the runbook's thresholds: pure, the same for every check and timer.

    Raises:
        KeyError: a reading is of a metric that the runbook does not have.
    """
    metrics = {metric.id: metric for metric in monitoring.metrics}
    return Verdict(tuple(_judged(metrics[name], each, monitoring.thresholds) for name, each in readings.items()))


def _judged(metric: Metric, reading: Reading, thresholds: Iterable[Threshold]) -> Judged:
    broken = [each for each in thresholds if each.metric == metric.id and _breaks(reading.value, each)]
    return Judged(metric, reading, min(broken, key=lambda each: each.level != "critical", default=None))


def _breaks(value: float | None, threshold: Threshold) -> bool:
    if value is None:
        return False
    above = threshold.above is not None and value > threshold.above
    return above or (threshold.below is not None and value < threshold.below)


async def measure(tools: Tools, monitoring: Monitoring, metrics: Sequence[str]) -> Verdict:
    """Read these metrics (ids) side by side, now, and judge them. A metric that cannot be read is without data.

    Raises:
        Refusal: PROMETHEUS_URL is not set.
    """
    known = {metric.id: metric for metric in monitoring.metrics}
    tools.client(Prometheus)
    readings = await asyncio.gather(*(_read(tools, known[name]) for name in metrics))
    return judge(monitoring, dict(zip(metrics, readings, strict=True)))


async def _read(tools: Tools, metric: Metric) -> Reading:
    if metric.query is None:
        return no_data(say("the runbook has no query for it"))
    try:
        return await tools.client(Prometheus).query(metric.query)
    except Refusal as refusal:
        return no_data(refusal.sentence)
