"""`statuspage.check`: what vendors say of themselves. It is done when it was read, whatever it says."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal

from bot.integrations.statuspage.client import VendorStatus
from bot.runbook.base import Duration, Slug
from bot.runbook.steps import Reference, Step, StepKind, named
from bot.runs.outcome import Context, Done, Failed, Outcome
from bot.text import say, span


class StatuspageCheck(Step):
    """Read vendors' status pages."""

    interruptible: ClassVar[bool] = True
    names_itself: ClassVar[bool] = True
    kind: Literal["statuspage.check"]
    vendors: tuple[Slug, ...]
    timeout: Duration = timedelta(seconds=15)

    def all_well(self, detail: Mapping[str, Any]) -> bool:
        """Vendors without a disturbance say `none`."""
        return all(indicator == "none" for indicator in detail.get("vendors", {}).values())

    def references(self) -> Iterator[Reference]:
        yield from super().references()
        yield from named("vendor", ("vendors",), self.vendors)


async def run(step: StatuspageCheck, context: Context) -> Outcome:
    """Read the pages; a page that does not answer leaves the item open for a person."""
    vendors = [context.runbook.vendor(vendor) for vendor in step.vendors]
    found = await asyncio.gather(*(context.tools.status_pages.get(vendor.status_url) for vendor in vendors))
    lines = [words(each.title, status) + _kept(status, context) for each, status in zip(vendors, found, strict=True)]
    detail = {"vendors": {vendor.id: status.indicator for vendor, status in zip(vendors, found, strict=True)}}
    unread = any(status.indicator == "unknown" for status in found)
    return (Failed if unread else Done)("\n".join(lines), detail)


def _kept(status: VendorStatus, context: Context) -> str:
    """How old an answer is that was kept from before this step began."""
    began = context.record.started_at
    if began is None or status.checked_at >= began:
        return ""
    return " " + say("(checked {time} earlier)", time=span(began - status.checked_at))


def words(title: str, status: VendorStatus) -> str:
    """`Vercel: Partial System Outage (Elevated errors)`."""
    incidents = "; ".join(incident.name for incident in status.incidents[:3])
    return f"{title}: {status.description}" + (f" ({incidents})" if incidents else "")


KINDS = (StepKind(StatuspageCheck, run),)
