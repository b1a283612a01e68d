"""How fast is fast enough: the answer time of a health check, judged by the runbook's alert thresholds."""

from collections.abc import Iterator
from dataclasses import replace

from bot.ports import HealthResult
from bot.runbook.sections import Monitoring, Threshold
from bot.text import say

_MS = {"ms": 1.0, "s": 1000.0}
"""Units of time that a threshold may have, in milliseconds."""


def broken_by(latency_ms: int | None, group: str, monitoring: Monitoring | None) -> Threshold | None:
    """The gravest threshold that an answer of this health group breaks; None when it is fast enough, or not timed."""
    if latency_ms is None or monitoring is None:
        return None
    broken = [limit for limit in _limits(group, monitoring) if latency_ms > (limit.above or 0.0) * _MS[limit.unit]]
    return min(broken, key=lambda each: each.level != "critical", default=None)


def _limits(group: str, monitoring: Monitoring) -> Iterator[Threshold]:
    """The thresholds in units of time whose metric judges this group too."""
    judging = {each.id for each in monitoring.metrics if each.groups is None or group in each.groups}
    found = (each for each in monitoring.thresholds if each.unit in _MS and each.above is not None)
    return (each for each in found if each.metric in judging)


def judged(result: HealthResult, monitoring: Monitoring | None) -> HealthResult:
    """A good answer that took too long is `slow`, and `unhealthy` when the threshold is a critical one."""
    broken = broken_by(result.latency_ms, result.group, monitoring) if result.state == "healthy" else None
    if broken is None:
        return result
    state = "unhealthy" if broken.level == "critical" else "slow"
    return replace(result, state=state, reason=say("too slow: {threshold}", threshold=broken.text))
