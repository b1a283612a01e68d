"""A newcomer conducts an incident on the page, from the first command to its end."""

import re

import pytest
from browsing import PHONE, Visit, Visitors
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

INCIDENT = re.compile("incident-2")


@pytest.fixture(params=["wide", "phone"])
def newcomer(request: pytest.FixtureRequest, visitors: Visitors) -> Visit:
    if request.param == "wide":
        return visitors.open("U01ALICE")
    return visitors.open("U01ALICE", size=PHONE, is_mobile=True, has_touch=True)


def test_an_incident_is_declared_worked_through_resolved_and_closed(newcomer: Visit) -> None:
    newcomer.types("/incident p1 Checkout is down")
    newcomer.sees("P1 critical outage declared: Checkout is down")
    newcomer.shows("declared")
    newcomer.goes_to(INCIDENT)
    newcomer.sees("6 of 16 items done")
    newcomer.shows("checklist")
    newcomer.ticks_everything()
    newcomer.sees("16 of 16 items done")
    newcomer.fits()
    newcomer.shows("ticked")
    newcomer.types("/incident timeline")
    timeline = newcomer.message("Determine scope and impact")
    expect(timeline).to_contain_text("Only visible to you")
    expect(timeline).not_to_contain_text("⏰")
    newcomer.shows("timeline")
    resolves_and_closes(newcomer)


def resolves_and_closes(newcomer: Visit) -> None:
    newcomer.presses("Resolve…")
    newcomer.shows("resolve")
    newcomer.page.get_by_role("dialog").get_by_role("textbox").fill("The payment keys were renewed")
    newcomer.agrees("Resolve")
    newcomer.sees("The payment keys were renewed")
    newcomer.presses("Close")
    newcomer.shows("close")
    newcomer.agrees("Close")
    newcomer.sees("closed the incident")
    expect(newcomer.button("Reopen")).to_be_visible()
    newcomer.fits()
    newcomer.shows("closed")
