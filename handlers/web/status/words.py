"""The words of the status page: labels, and times as people read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.status.page import Day, Indicator, Page
from bot.text import plural, say
from bot.text.forms import MONTHS
from bot.text.values import Text

ICONS = {
    "operational": "✓",
    "under_maintenance": "⚙",
    "degraded_performance": "▼",
    "partial_outage": "▲",
    "major_outage": "✕",
    "none": "✓",
    "maintenance": "⚙",
    "minor": "▼",
    "major": "▲",
    "critical": "✕",
}
"""A shape for each state, beside its colour and its word."""


def component_words() -> dict[str, Text]:
    """How a service is."""
    return {
        "operational": say("No known problem"),
        "under_maintenance": say("Under maintenance"),
        "degraded_performance": say("Degraded performance"),
        "partial_outage": say("Partial outage"),
        "major_outage": say("Major outage"),
    }


def indicator_words() -> dict[Indicator, Text]:
    """How everything is together. Nobody measures that all is well: there is no incident, or there is."""
    return {
        "none": say("No incident reported"),
        "maintenance": say("Maintenance in progress"),
        "minor": say("Some services are degraded"),
        "major": say("Partial outage"),
        "critical": say("Major outage"),
    }


def status_words() -> dict[str, Text]:
    """How far an incident or maintenance is."""
    return {
        "investigating": say("Investigating"),
        "identified": say("Identified"),
        "monitoring": say("Monitoring"),
        "resolved": say("Resolved"),
        "scheduled": say("Scheduled"),
        "in_progress": say("In progress"),
    }


def labels() -> dict[str, Text]:
    """Headings and the like."""
    return {
        "services": say("Services"),
        "incidents": say("Incidents"),
        "planned": say("Planned"),
        "history": say("History of the last 90 days"),
        "no_history": say("No incident was reported in this time."),
        "nothing_planned": say("Nothing is planned."),
        "affected": say("Affected:"),
        "skip": say("Skip to the content"),
        "by_day": say("Day by day"),
        "day": say("Day"),
        "checks": say("Checks"),
        "availability": say("Availability"),
        "feed": say("Atom feed"),
        "language": say("Language"),
        "no_changes": say("No changes are made in this time."),
        "until": say("until"),
    }


def moment_words(at: datetime, zone: ZoneInfo) -> Text:
    """`29 Nov 2026, 01:02`, by the clocks of the zone."""
    local = at.astimezone(zone)
    month = say(MONTHS[local.month - 1])
    return say("{day} {month} {year}, {time}", day=local.day, month=month, year=local.year, time=f"{local:%H:%M}")


def last_change(page: Page) -> Text:
    """When the page changed last, and in which zone its times are."""
    at = moment_words(page.updated_at, ZoneInfo(page.zone))
    return say("Last change: {time}. Times are those of {zone}.", time=at, zone=page.zone)


def days_words(days: tuple[Day, ...]) -> Text:
    """The days of a service in one sentence. A day without answers is not measured, never good."""
    checked = [day for day in days if day.answers]
    failed = sum(1 for day in checked if day.bad)
    if not checked:
        return plural("Not measured in the last {count} day", "Not measured in the last {count} days", len(days))
    return say(
        "{checked} of {count} days checked, failed checks on {failed}; all others were not measured",
        checked=len(checked), count=len(days), failed=failed,
    )  # fmt: skip


def availability_words(availability: float | None) -> Text:
    """`99.95 %`, or that it was not measured; never rounded up to all."""
    if availability is None:
        return say("not measured")
    return say("{percent} %", percent=f"{int(availability * 100) / 100:.2f}")
