"""Prometheus, for the rest of the bot."""

from collections.abc import Awaitable, Sequence

import httpx

from bot.errors import OutsideError, Refusal
from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.prometheus.client import Prometheus
from bot.integrations.prometheus.settings import PrometheusSettings
from bot.integrations.report import Finding, broken, limited, well
from bot.runbook.model import Runbook
from bot.runbook.sections import Metric
from bot.text import say


def _open(settings: PrometheusSettings, http: httpx.AsyncClient, pace: Pace | None) -> Prometheus | None:
    if settings.prometheus_url is None:
        return None
    token = settings.prometheus_token.get_secret_value() if settings.prometheus_token else ""
    return Prometheus(http, base_url=settings.prometheus_url, token=token, pace=pace)


def _unset() -> str:
    return say("PROMETHEUS_URL is not set, so NeonOps cannot read metrics.")


def _checks(prometheus: Prometheus, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    """What each metric of the runbook reads now."""
    metrics = runbook.monitoring.metrics if runbook and runbook.monitoring else ()
    return [_metric(prometheus, each) for each in metrics if each.query]


async def _metric(prometheus: Prometheus, metric: Metric) -> Finding:
    mend = "Fix its query in the runbook: a metric without a single value is never healthy."
    try:
        reading = await prometheus.query(metric.query or "")
    except OutsideError as error:
        return broken("{why}", error.hint or "Check PROMETHEUS_URL, then run this again.", why=error)
    except Refusal as refusal:
        return broken("metric {name}: {why}", mend, name=metric.id, why=refusal)
    if reading.value is None:
        return limited("metric {name}: {why}.", mend, name=metric.id, why=reading.reason)
    return well("metric {name}: {value}", name=metric.id, value=metric.shown(reading.value))


INTEGRATION = Integration(Prometheus, _open, _unset, _checks)
