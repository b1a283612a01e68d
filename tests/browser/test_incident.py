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
    expect(person.button("Tick: Review deployment logs")).to_be_visible()
    person.presses("Tick: Review deployment logs")
    person.presses("I'm on it")
    person.sees("7 of 16 done", "Acknowledged by @Bruno Barros")
    person.message("7 of 16 done").evaluate("message => message.scrollIntoView()")
    person.keeps("sandbox")


def test_all_that_counts_is_on_the_first_screen_of_a_phone(visitors: Visitors) -> None:
    person = visitors.open("U02BRUNO", size=PHONE, is_mobile=True, has_touch=True)
    person.declares("Checkout is down for every clinic since the release")
    person.sees("5 of 16 done", "Not checked yet: Verify service restoration", "no change seen by NeonOps")
    card = person.message("Checkout is down for every clinic since the release")
    expect(card).to_contain_text("Not acknowledged yet")
    person.shows("phone")
    seen = card.locator(".block").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect()).map(b => [b.top, b.bottom])"
    )
    view = person.page.locator("#messages").bounding_box()
    assert seen[-1][1] - seen[0][0] <= 500
    assert view
    assert view["y"] <= seen[0][0] < seen[-1][1] <= view["y"] + view["height"]


def conducts(newcomer: Visit, title: str) -> None:
    """Declare, tick every item, look at the timeline, resolve, close."""
    newcomer.declares(title)
    newcomer.sees("5 of 16 done")
    newcomer.shows("card")
    newcomer.works_through(16)
    newcomer.sees("16 of 16 done")
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
