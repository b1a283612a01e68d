"""A newcomer conducts an incident on the page, from the first command to its end."""

import pytest
from browsing import PHONE, Visit, Visitors
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_an_incident_is_conducted_on_a_wide_screen(visitors: Visitors) -> None:
    conducts(visitors.open("U01ALICE"), "Nobody can pay")


def test_an_incident_is_conducted_on_a_phone(visitors: Visitors) -> None:
    conducts(visitors.open("U02BRUNO", size=PHONE, is_mobile=True, has_touch=True), "Nobody can sign in")


def test_two_people_tick_one_checklist(visitors: Visitors) -> None:
    person = visitors.open("U01ALICE", size={"width": 1280, "height": 1000}, device_scale_factor=1.5)
    person.page.get_by_role("button", name="Close the hints").click()
    person.declares("Checkout is down")
    person.presses("Tick: Determine scope and impact")
    person.acts_as("Bruno Barros")
    person.presses("Tick: Review deployment logs")
    person.acts_as("Alice Andrade")
    person.sees("7 of 16 items done", "alerted Bruno Barros (mention) and Alice Andrade (mention)")
    person.message("7 of 16 items done").evaluate("message => message.scrollIntoView()")
    person.keeps("sandbox")


def conducts(newcomer: Visit, title: str) -> None:
    """Declare, tick every item, look at the timeline, resolve, close."""
    newcomer.declares(title)
    newcomer.sees("5 of 16 items done")
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
