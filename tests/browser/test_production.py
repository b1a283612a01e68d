"""A newcomer looks at production, deploys, and rolls back, on the page."""

import pytest
from browsing import PHONE, Visit, Visitors, turn
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_service_that_is_down_shows_in_health(alice: Visit, visitors: Visitors) -> None:
    alice.types("/health")
    alice.sees("All healthy")
    alice.page.get_by_role("button", name="Practice controls").click()
    alice.page.get_by_label("API", exact=True).select_option("down")
    alice.types("/health api")
    alice.sees("4 checks failing")
    alice.shows("health")
    turn(visitors.address, "api", "up")


def test_a_deploy_is_asked_for_approved_by_another_and_runs_to_its_end(visitors: Visitors) -> None:
    person = visitors.open("U02BRUNO")
    person.types("/deploy")
    person.chooses("What to deploy", "API")
    person.shows("deploy-form")
    person.agrees("Request deploy")
    expect(person.button("Untick: Security scan completed with no critical findings")).to_be_visible()
    expect(person.button("Untick: All code changes reviewed and approved")).to_be_visible()
    expect(person.button("Untick: Automated tests passing (≥90% coverage)")).to_be_visible()
    person.ticks_everything()
    person.shows("deploy-checklist")
    person.acts_as("Alice Andrade")
    person.presses("Approve and start")
    person.shows("approve")
    person.agrees("Approve and start")
    person.sees("Phase 1")
    person.shows("deploy-runs")
    expect(person.button("Tick: Test critical user flows")).to_be_visible()
    person.shows("deploy-manual")
    person.presses("Tick: Test critical user flows")
    person.sees("It is live and verified", "Deploy API from main: post-deploy")
    person.shows("deploy-done")


def test_a_rollback_is_started_from_an_incident(alice: Visit) -> None:
    alice.declares("The new release loses orders")
    alice.rolls_back()
    alice.presses("Roll back")
    alice.agrees("Roll back")
    alice.sees("6 of 16 done")
    alice.shows("rollback")


def test_a_rollback_is_asked_for_on_a_phone(visitors: Visitors) -> None:
    person = visitors.open("U02BRUNO", size=PHONE)
    person.types("/rollback web")
    person.sees("Roll back Web Application: pre-rollback checks", "Production will be pinned there")
    expect(person.message("Roll back Web Application: pre-rollback checks")).not_to_contain_text("items done")
    expect(person.page.locator("li.message .picker").last).to_be_visible()
    person.shows("rollback-phone")
    person.fits()
    person.presses("Cancel")
