"""Vendors' status pages, for the doctor: whether each of the runbook's can be read."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import httpx
from pydantic import BaseModel

from bot.integrations.http.api import Pace
from bot.integrations.integration import Integration
from bot.integrations.report import Finding, limited, well
from bot.integrations.statuspage.client import read
from bot.runbook.model import Runbook
from bot.text import say

MEND = "Check its status_url in the runbook: what cannot be read is never said to be good."


@dataclass(frozen=True)
class VendorPages:
    """The pages that vendors have; they need no settings."""

    http: httpx.AsyncClient


def _open(settings: BaseModel, http: httpx.AsyncClient, pace: Pace | None) -> VendorPages:
    return VendorPages(http)


def _unset() -> str:
    return say("NEONOPS_RUNBOOK names no vendor whose status page could be read.")


def _checks(pages: VendorPages, runbook: Runbook | None) -> Sequence[Awaitable[Finding]]:
    return [_page(pages, vendor.title, vendor.status_url) for vendor in (runbook.vendors if runbook else ())]


async def _page(pages: VendorPages, title: str, url: str) -> Finding:
    status = await read(pages.http, url)
    if status.indicator == "unknown":
        return limited("{vendor}: {why}.", MEND, vendor=title, why=status.description)
    return well("status page of {vendor}: can be read", vendor=title)


INTEGRATION = Integration(VendorPages, _open, _unset, _checks)
