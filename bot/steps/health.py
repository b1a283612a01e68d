"""`health.check`: groups of the runbook's health checks, once, or for a while until they have been good in a row."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from bot.health.checks import Report, look
from bot.health.metrics import measure
from bot.health.soak import Look, Row, Seen
from bot.integrations.prometheus.client import Prometheus
from bot.runbook.base import Duration, Slug, duration_text
from bot.runbook.problems import Finding
from bot.runbook.sections.soak import Soak
from bot.runbook.steps import Proof, Reference, Step, StepKind, named
from bot.runs.outcome import Context, Done, Failed, Outcome, Undecided
from bot.steps.metrics import detail_of
from bot.text import plural, say, side_by_side, span


class HealthCheckStep(Step):
    """Run groups of the runbook's health checks, once or for a while (`soak`)."""

    interruptible: ClassVar[bool] = True
    proves: ClassVar[Proof | None] = Proof.HEALTH
    kind: Literal["health.check"]
    groups: tuple[Slug, ...]
    soak: Soak | None = Field(default=None, description="Repeat the check; absent = once.")
    reopens: bool = Field(
        default=False, description="When it fails after the incident was resolved, the incident is open again."
    )
    timeout: Duration = timedelta(seconds=60)

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("group", ("groups",), self.groups)
        yield from named("metric", ("soak", "metrics"), self.soak.metrics if self.soak else ())

    def problems(self) -> Iterator[Finding]:
        """A soak that takes longer than its step may last fails always."""
        if self.soak and self.soak.least > self.timeout * 0.9:
            reason = say(
                "a run of passing checks takes {least}: the step's timeout must leave time for failing ones",
                least=duration_text(self.soak.least),
            )
            yield Finding(("soak",), reason)

    def shown(self) -> Iterator[str]:
        if self.soak:
            yield self.soak.words


LEAST_PAUSE_S = 0.05
"""Between two looks, however eager the runbook is."""


async def run(step: HealthCheckStep, context: Context) -> Outcome:
    """Done only when every check answered as it should, and with a soak went on to."""
    if step.soak:
        return await _soak(step, step.soak, context)
    report = await _report(step, context)
    if not report.unhealthy:
        return Done(say("{count}, slowest {ms} ms", count=_counted(report), ms=_slowest(report)), _detail(Look(report)))
    lines = (f"{result.title}: {result.reason or result.state}" for result in report.unhealthy)
    return Failed("\n".join(lines), _detail(Look(report)))


async def _report(step: HealthCheckStep, context: Context) -> Report:
    groups = [context.runbook.health_group(group) for group in step.groups]
    return await look(context.tools, groups, monitoring=context.runbook.monitoring)


def _counted(report: Report) -> str:
    """`5 checks healthy`, `4 checks healthy, 1 slow (API: too slow: …)`: what took too long is not called healthy."""
    good = len(report.results) - len(report.slow)
    count = plural("{count} check healthy", "{count} checks healthy", good)
    return f"{count}, {_slow_words(report)}" if report.slow else count


def _slow_words(report: Report) -> str:
    """Which checks answered as they should, but too slowly."""
    which = "; ".join(f"{each.title}: {each.reason}" for each in report.slow)
    return say("{count} slow ({which})", count=len(report.slow), which=which)


async def _soak(step: HealthCheckStep, soak: Soak, context: Context) -> Outcome:
    tools, row, seen, found = context.tools, Row(), Seen(), Look(Report(()))
    # What was seen is said before the step is stopped, on a busy machine too.
    deadline = tools.now() + step.timeout - max(step.timeout * 0.05, min(timedelta(seconds=1), step.timeout / 4))
    while True:
        try:
            async with asyncio.timeout((deadline - tools.now()).total_seconds()):
                found = await _look(step, soak, context)
        except TimeoutError:
            return _never_good(soak, found, seen)
        at, broke = tools.now(), seen.broke(found, soak)
        row, seen = row.after(at, good=found.good(soak)), seen.after(found, soak)
        if broke:
            return Failed(say("A threshold was breached: {what}", what=seen.fault), _detail(found, seen))
        if seen.is_back(soak):
            return Failed(say("{count} checks in a row failed: {what}", count=seen.bad_in_row, what=seen.fault),
                          _detail(found, seen))  # fmt: skip
        if row.full(soak, at):
            return _good(soak, context, row, found, seen)
        if not row.fits(soak, at, deadline):
            return _never_good(soak, found, seen)
        worst = say("last failed check: {what}", what=seen.fault) if seen.bad else ""
        context.report(side_by_side(row.words(soak, at), worst, by="; "))
        await tools.sleep(max(soak.every.total_seconds(), LEAST_PAUSE_S))


async def _look(step: HealthCheckStep, soak: Soak, context: Context) -> Look:
    report = await _report(step, context)
    monitoring = context.runbook.monitoring
    if not soak.metrics or context.tools.maybe(Prometheus) is None or monitoring is None:
        return Look(report)
    return Look(report, await measure(context.tools, monitoring, soak.metrics))


def _good(soak: Soak, context: Context, row: Row, found: Look, seen: Seen) -> Outcome:
    took = span(context.tools.now() - row.since) if row.since else ""
    sentence = "{good} passing checks in a row over {took}, slowest {ms} ms"
    text = say(sentence, good=row.good, took=took, ms=_slowest(found.report))
    slow = _slow_words(found.report) if found.report.slow else ""
    metrics = say("PROMETHEUS_URL is not set: no metrics were read.") if soak.metrics else ""
    text = side_by_side(text, slow, found.verdict.words if found.verdict else metrics, by="\n")
    if found.verdict and found.verdict.at(soak.level) == "unknown":
        return Undecided(text, _detail(found, seen))
    return Done(text, _detail(found, seen))


def _never_good(soak: Soak, found: Look, seen: Seen) -> Failed:
    text = say("Checks never stabilised: {good} in a row had to pass ({seen}).", good=soak.good, seen=seen.words)
    last = say("Last failure: {what}", what=seen.fault) if seen.fault else say("The checks themselves took too long.")
    return Failed(f"{text}\n{last}", _detail(found, seen))


def _slowest(report: Report) -> int:
    return max((result.latency_ms or 0 for result in report.results), default=0)


def _detail(found: Look, seen: Seen | None = None) -> dict[str, object]:
    """The last look, as steps keep it."""
    health = [{**asdict(result), "at": result.at.isoformat()} for result in found.report.results]
    metrics = {"metrics": detail_of(found.verdict)} if found.verdict else {}
    return {"health": health, **metrics, **({"looks": seen.looks, "bad": seen.bad} if seen else {})}


KINDS = (StepKind(HealthCheckStep, run),)
