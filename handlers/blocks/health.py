"""The health card: every check with its state, its latency, and what is wrong."""

from datetime import datetime

from bot.health.checks import Report
from bot.integrations.statuspage import VendorStatus
from bot.ports import HealthResult
from bot.text import listing, plural, say, shorten
from handlers import ids
from handlers.blocks.elements import (
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    header,
    section,
    user,
    when,
)

_SIGNS = {"healthy": "🟢", "unhealthy": "🔴", "unknown": "⚪"}
_VENDOR_SIGNS = {"none": "🟢", "minor": "🟡", "major": "🔴", "critical": "🔴", "maintenance": "🔧", "unknown": "⚪"}


def health_card(report: Report, asked_by: str, at: datetime, again: str) -> Message:
    """`again`: the groups that the button asks for once more."""
    title = f"{_sign(report)} {verdict(report)}"
    groups = [_group(name, results) for name, results in report.groups]
    vendors = [_vendors(report)] if report.vendors else []
    more = actions(button(say("Check again"), ids.HEALTH_AGAIN, again))
    asked = context(say("asked by {who} {time}", who=user(asked_by), time=when(at, "{time_secs}")))
    return Message(_words(report), [header(title), *groups, *vendors, asked, more])


def _sign(report: Report) -> str:
    if any(result.state == "unhealthy" for result in report.results):
        return "🔴"
    return "🟢" if _all_well(report) else "🟡"


def _all_well(report: Report) -> bool:
    return not report.unhealthy and all(status.indicator == "none" for _, status in report.vendors)


def verdict(report: Report) -> str:
    """The card's headline: healthy is said only when everything answered so."""
    bad = [result for result in report.results if result.state == "unhealthy"]
    unasked = [result for result in report.results if result.state == "unknown"]
    troubled = [name for name, status in report.vendors if status.indicator not in ("none", "unknown")]
    unread = [name for name, status in report.vendors if status.indicator == "unknown"]
    parts = [
        plural("{count} check fails", "{count} checks fail", len(bad)) if bad else "",
        plural("{count} could not be asked", "{count} could not be asked", len(unasked)) if unasked else "",
        say("{vendors} in trouble", vendors=listing(troubled)) if troubled else "",
        say("no answer from {vendors}", vendors=listing(unread)) if unread else "",
    ]
    said = ", ".join(part for part in parts if part)
    return said or say("All healthy")


def _group(name: str, results: tuple[HealthResult, ...]) -> Block:
    return section("\n".join([f"*{escape(name)}*", *(_line(result) for result in results)]))


def _line(result: HealthResult) -> str:
    latency = f"  ·  {result.latency_ms} ms" if result.latency_ms is not None else ""
    reason = f"  ·  {escape(shorten(result.reason, 200))}" if result.reason else ""
    return f"{_SIGNS[result.state]} {escape(result.title)}{latency}{reason}"


def _vendors(report: Report) -> Block:
    return section("\n".join([say("*Vendors*"), *(_vendor(name, status) for name, status in report.vendors)]))


def _vendor(name: str, status: VendorStatus) -> str:
    sign = _VENDOR_SIGNS.get(status.indicator, "⚪")
    incidents = "; ".join(incident.name for incident in status.incidents[:3])
    more = f"  ·  {escape(shorten(incidents, 200))}" if incidents else ""
    return f"{sign} {escape(name)}  ·  {escape(shorten(status.description, 200))}{more}"


def _words(report: Report) -> str:
    lines = [escape(verdict(report))]
    for name, results in report.groups:
        lines.append(f"{escape(name)}:")
        lines += [f"- {escape(r.title)}: {r.state}{_reason(r)}" for r in results]
    lines += [f"- {escape(name)}: {escape(status.description)}" for name, status in report.vendors]
    return shorten("\n".join(lines), TEXT_LIMIT)


def _reason(result: HealthResult) -> str:
    latency = f", {result.latency_ms} ms" if result.latency_ms is not None else ""
    return latency + (f" ({escape(shorten(result.reason, 150))})" if result.reason else "")
