"""Runs the runbook's health checks and reads vendors' status pages, side by side. Healthy is only what answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import OutsideError, Refusal
from bot.health.response_times import judged
from bot.integrations.http.probes import Check, probe
from bot.integrations.statuspage.client import VendorStatus
from bot.ports import HealthResult
from bot.runbook.sections import Monitoring
from bot.runbook.sections.requests import HttpRequest
from bot.runbook.sections.services import HealthGroup, HttpCheck, SqlCheck, Vendor
from bot.text import say
from bot.tools import Tools

LONGEST_REASON = 300
"""Characters of what is wrong with one check."""
VENDORS = "vendors"
"""The name under which vendors' status pages are asked for, beside the runbook's groups."""


@dataclass(frozen=True)
class Report:
    """What a look at health found."""

    groups: tuple[tuple[str, tuple[HealthResult, ...]], ...]
    vendors: tuple[tuple[str, VendorStatus], ...] = ()
    everything: bool = False
    """Whether all that the runbook has was asked."""

    @property
    def results(self) -> tuple[HealthResult, ...]:
        """Every check's result, in order."""
        return tuple(result for _, results in self.groups for result in results)

    @property
    def unhealthy(self) -> tuple[HealthResult, ...]:
        """The checks that failed or could not be asked."""
        return tuple(result for result in self.results if result.state not in ("healthy", "slow"))

    @property
    def slow(self) -> tuple[HealthResult, ...]:
        """The checks that answered as they should, and took longer than the runbook warns of."""
        return tuple(result for result in self.results if result.state == "slow")


async def look(
    tools: Tools,
    groups: Sequence[HealthGroup],
    vendors: Sequence[Vendor] = (),
    *,
    monitoring: Monitoring | None = None,
) -> Report:
    """Ask everything at once. With `monitoring`, how long an answer took is judged by its thresholds."""
    results, statuses = await asyncio.gather(
        asyncio.gather(*(_group(tools, group) for group in groups)),
        asyncio.gather(*(tools.status_pages.get(vendor.status_url) for vendor in vendors)),
    )
    timed = [tuple(judged(each, monitoring) for each in found) for found in results]
    found = tuple((group.title, result) for group, result in zip(groups, timed, strict=True))
    pages = tuple((vendor.title, status) for vendor, status in zip(vendors, statuses, strict=True))
    return Report(found, pages)


async def _group(tools: Tools, group: HealthGroup) -> tuple[HealthResult, ...]:
    return tuple(await asyncio.gather(*(_check(tools, group, check) for check in group.checks)))


async def _check(tools: Tools, group: HealthGroup, check: HttpCheck | SqlCheck) -> HealthResult:
    return await (_sql(tools, group, check) if isinstance(check, SqlCheck) else _http(tools, group, check))


def probe_of(check: HttpRequest) -> Check:
    """An `http` check of the runbook as a probe."""
    return Check(
        check.id,
        check.text,
        check.url,
        check.method,
        frozenset(check.status),
        headers=check.headers,
        body=check.body,
        json=check.json_values,
        contains=check.contains,
        timeout_s=check.timeout.total_seconds(),
    )


async def _http(tools: Tools, group: HealthGroup, check: HttpCheck) -> HealthResult:
    found = await probe(tools.http, probe_of(check))
    reason = tools.masker.head(found.reason, LONGEST_REASON) if found.reason else None
    return HealthResult(0, found.checked_at, group.id, check.id, check.text, found.state, found.latency_ms, reason)


async def _sql(tools: Tools, group: HealthGroup, check: SqlCheck) -> HealthResult:
    asked_at = tools.now()
    state, latency, why = await _ask(tools, check)
    reason = tools.masker.head(why, LONGEST_REASON) if why else None
    return HealthResult(0, asked_at, group.id, check.id, check.text, state, latency, reason)


async def _ask(tools: Tools, check: SqlCheck) -> tuple[str, int | None, str | None]:
    try:
        rows = await tools.sql(check.query, timeout_s=check.timeout.total_seconds())
    except OutsideError as error:
        return "unhealthy", None, error.sentence
    except Refusal as refusal:
        return "unknown", None, refusal.sentence
    latency = round(rows.duration_ms)
    if len(rows.rows) < check.min_rows:
        return (
            "unhealthy",
            latency,
            say("{count} rows, at least {least} expected", count=len(rows.rows), least=check.min_rows),
        )
    if check.max_ms is not None and latency > check.max_ms:
        return "unhealthy", latency, say("slower than {limit} ms", limit=check.max_ms)
    return "healthy", latency, None
