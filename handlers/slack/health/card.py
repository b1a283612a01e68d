"""The health card: every check with its state, its latency, and what is wrong."""

from collections.abc import Sequence
from datetime import datetime

from bot.health.checks import Report
from bot.integrations.statuspage.client import VendorStatus
from bot.ports import HealthResult
from bot.text import listing, plural, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
    BLOCKS_PER_MESSAGE,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    header,
    user,
    when,
)
from handlers.slack.blocks.lists import chunks
from handlers.slack.blocks.references import HealthRef

SECONDS = "{time_secs}"
_SIGNS = {"healthy": "🟢", "slow": "🟡", "unhealthy": "🔴", "unknown": "⚪"}
_VENDOR_SIGNS = {"none": "🟢", "minor": "🟡", "major": "🔴", "critical": "🔴", "maintenance": "🔧", "unknown": "⚪"}


def health_card(report: Report, asked_by: Sequence[str], at: datetime, again: Sequence[str]) -> Message:
    """`again`: the groups that the button asks for once more."""
    title = f"{_sign(report)} {verdict(report)}"
    groups = [block for name, results in report.groups for block in _group(name, results)]
    vendors = _vendors(report) if report.vendors else ()
    more = actions(button(say("Check again"), ids.HEALTH_AGAIN, HealthRef(tuple(again))))
    asked = context(
        say("requested by {who} {time}", who=listing([*map(user, asked_by)], most=10), time=when(at, SECONDS))
    )
    shown = [header(title), *groups, *vendors][: BLOCKS_PER_MESSAGE - 2]
    return Message(_words(report), [*shown, asked, more])


def _sign(report: Report) -> str:
    if any(result.state == "unhealthy" for result in report.results):
        return "🔴"
    return "🟢" if _all_well(report) else "🟡"


def _all_well(report: Report) -> bool:
    """Whether there was something to ask, and all of it answered that it is well, in time."""
    well = [result.state == "healthy" for result in report.results]
    vendors = [status.indicator == "none" for _, status in report.vendors]
    return bool(well or (vendors and not report.everything)) and all([*well, *vendors])


def verdict(report: Report) -> str:
    """The card's headline: healthy is said only when everything that was asked answered so."""
    bad = [result for result in report.results if result.state == "unhealthy"]
    unasked = [result for result in report.results if result.state == "unknown"]
    troubled = [name for name, status in report.vendors if status.indicator not in ("none", "unknown")]
    unread = [name for name, status in report.vendors if status.indicator == "unknown"]
    parts = [
        say("The runbook has no health checks") if report.everything and not report.results else "",
        plural("{count} check failing", "{count} checks failing", len(bad)) if bad else "",
        plural("{count} unknown", "{count} unknown", len(unasked)) if unasked else "",
        plural("{count} check is slow", "{count} checks are slow", len(report.slow)) if report.slow else "",
        say("{vendors} degraded", vendors=listing(troubled)) if troubled else "",
        say("no answer from {vendors}", vendors=listing(unread)) if unread else "",
    ]
    said = ", ".join(part for part in parts if part)
    return said or (say("All healthy") if _all_well(report) else say("Nothing was checked"))


def _group(name: str, results: tuple[HealthResult, ...]) -> tuple[Block, ...]:
    return chunks([f"*{escape(name)}*", *(_line(result) for result in results)])


def _line(result: HealthResult) -> str:
    latency = f"  ·  {result.latency_ms} ms" if result.latency_ms is not None else ""
    reason = f"  ·  {escape(shorten(result.reason, 200))}" if result.reason else ""
    return f"{_SIGNS[result.state]} {escape(result.title)}{latency}{reason}{_asked(result.at)}"


def _asked(at: datetime) -> str:
    """When it was asked: an answer may be a kept one, and older than the card."""
    return f"  ·  {when(at, SECONDS)}"


def _vendors(report: Report) -> tuple[Block, ...]:
    return chunks([say("*Vendors*"), *(_vendor(name, status) for name, status in report.vendors)])


def _vendor(name: str, status: VendorStatus) -> str:
    sign = _VENDOR_SIGNS.get(status.indicator, "⚪")
    incidents = "; ".join(incident.name for incident in status.incidents[:3])
    more = f"  ·  {escape(shorten(incidents, 200))}" if incidents else ""
    return f"{sign} {escape(name)}  ·  {escape(shorten(status.description, 200))}{more}{_asked(status.checked_at)}"


def _words(report: Report) -> str:
    lines = [escape(verdict(report))]
    for name, results in report.groups:
        lines.append(f"{escape(name)}:")
        lines += [f"- {escape(r.title)}: {r.state}{_reason(r)}{_asked(r.at)}" for r in results]
    lines += [f"- {escape(name)}: {escape(status.description)}{_asked(status.checked_at)}"
              for name, status in report.vendors]  # fmt: skip
    return shorten("\n".join(lines), TEXT_LIMIT)


def _reason(result: HealthResult) -> str:
    latency = f", {result.latency_ms} ms" if result.latency_ms is not None else ""
    return latency + (f" ({escape(shorten(result.reason, 150))})" if result.reason else "")
