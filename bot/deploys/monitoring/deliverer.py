"""Delivers `watch`: reads a metric after a deploy, from Prometheus or, without one, from our own health checks."""

import math
from collections.abc import Iterable

from bot.delivery import Deliver, Delivered
from bot.deploys.monitoring import Production, seen
from bot.deploys.monitoring.figures import Figure
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.errors import Refusal
from bot.health.checks import Report, look
from bot.health.metrics import Judged, judge, measure
from bot.integrations.prometheus.client import Prometheus, Reading, no_data
from bot.integrations.vercel.client import Vercel
from bot.runbook.model import Runbook
from bot.runs.checklist.layout import applies
from bot.runs.model import Run
from bot.text import plural, say, shorten
from bot.tools import Tools

WORDS_LIMIT = 300


def watch_deliverers(transactions: Transactions, tools: Tools) -> dict[str, Deliver]:
    """The deliverer of a look: what cannot be read is a figure without data, not a failure of the effect."""

    async def deliver(effect: Effect) -> Delivered:
        run = await transactions.read(lambda tx: tx.runs.get(effect.run_id))
        assert run, "a look is planned for a run"
        runbook = await transactions.look(lambda domain, tx: domain.runbook_of(tx, run))
        figure = await take(tools, runbook, run, effect.payload["metric"])
        at = tools.now()
        production = Production(await production_of(tools, runbook, run.targets), at)
        return Delivered(then=lambda domain, tx: seen(domain, tx, run.id, effect.payload, figure, production))

    return {"watch": deliver}


async def production_of(tools: Tools, runbook: Runbook, services: Iterable[str]) -> dict[str, str]:
    """Service -> the deployment that is live now, of those of which Vercel says it."""
    found: dict[str, str] = {}
    for service in services:
        project = runbook.service(service).vercel_project
        try:
            live = (await tools.client(Vercel).project(project)).production_id if project else None
        except Refusal:
            continue
        found |= {service: live} if live else {}
    return found


async def take(tools: Tools, runbook: Runbook, run: Run, metric: str) -> Figure:
    """One look at one metric, judged by the runbook's thresholds."""
    monitoring = runbook.monitoring
    assert monitoring, "the runbook was checked: the watched metric is there"
    if tools.maybe(Prometheus) is not None:
        return figure_of((await measure(tools, monitoring, [metric])).judged[0])
    report = await look(tools, [group for group in runbook.health if _concerns(group.id, runbook, run)])
    unit = next(each.unit for each in monitoring.metrics if each.id == metric)
    reading = probed(report, unit)
    judged = judge(monitoring, {metric: reading}).judged[0]
    return figure_of(judged, note=say("PROMETHEUS_URL is not set: by NeonOps health checks, {count}",
                                      count=_counted(report)))  # fmt: skip


def _concerns(group: str, runbook: Runbook, run: Run) -> bool:
    """Whether a health group has a check that belongs to what was deployed."""
    return any(applies(check.service, run.targets) for check in runbook.health_group(group).checks)


def probed(report: Report, unit: str | None) -> Reading:
    """A metric as health checks can tell it: the share that fails (%), or the slowest answer (ms)."""
    known = [result for result in report.results if result.state != "unknown"]
    slowest = max((result.latency_ms for result in known if result.latency_ms is not None), default=None)
    if not known:
        return no_data(say("no health check could be run"))
    if unit == "%":
        return Reading(100 * sum(result.state == "unhealthy" for result in known) / len(known))
    if unit == "ms" and slowest is not None:
        return Reading(float(slowest))
    return no_data(say("health checks cannot measure it"))


def _counted(report: Report) -> str:
    good = len(report.results) - len(report.unhealthy)
    checks = plural("{count} check", "{count} checks", len(report.results))
    return say("{good} of {checks} healthy", good=good, checks=checks)


def figure_of(judged: Judged, note: str = "") -> Figure:
    """What was judged, as the watch keeps it. Infinity has no number, and keeps its state."""
    value = judged.reading.value
    known = value is not None and math.isfinite(value)
    words = f"{judged.words} ({note})" if note else judged.words
    text = say("no data") if value is None else judged.metric.shown(value)
    return Figure(value if known else None, text, judged.state, shorten(words, WORDS_LIMIT))
