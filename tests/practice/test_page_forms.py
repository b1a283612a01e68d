"""Modals in the browser: values, errors, stacks, the keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from chromium import chromium
from page_browser import opened
from page_canned import DEVOPS
from page_fixture import CannedSlack
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def slack() -> Iterator[CannedSlack]:
    with CannedSlack().serving() as slack:
        yield slack


@pytest.fixture
def form(browser: Browser, slack: CannedSlack) -> Iterator[Page]:
    """The page with an open form."""
    with opened(browser, f"{slack.url}/?as=U01ALICE&channel={DEVOPS}") as page:
        expect(page.locator(".bot-state.is-on")).to_be_visible()
        slack.show_view("declare")
        expect(dialog(page)).to_be_visible()
        yield page


def dialog(page: Page) -> Locator:
    return page.locator("dialog.is-modal[open]")


def title(page: Page) -> Locator:
    return dialog(page).get_by_label("What is happening?")


def submitted(slack: CannedSlack) -> dict[str, Any]:
    return slack.sent("submit")[-1]["state"]


def pick(page: Page, field: str, *names: str) -> None:
    page.get_by_role("button", name=field).click()
    for name in names:
        page.get_by_role("option", name=name).click()
    page.keyboard.press("Escape")


def test_a_form_begins_at_its_first_field(form: Page) -> None:
    expect(title(form)).to_be_focused()


def test_a_form_sends_all_its_values(form: Page, slack: CannedSlack) -> None:
    title(form).fill("Checkout is down")
    form.get_by_text("P2", exact=True).click()
    pick(form, "Services", "API", "Web")
    pick(form, "Who should join?", "Carla Costa")
    form.get_by_role("button", name="Declare", exact=True).click()
    expect(dialog(form)).to_have_count(0)
    state = submitted(slack)
    assert state["title"]["value"] == {"type": "plain_text_input", "value": "Checkout is down"}
    assert state["severity"]["value"]["selected_option"]["value"] == "p2"
    assert [o["value"] for o in state["services"]["value"]["selected_options"]] == ["api", "web"]
    assert state["people"]["value"] == {"type": "multi_users_select", "selected_users": ["U03CARLA"]}
    assert state["since"]["value"] == {"type": "timepicker", "selected_time": "03:10"}
    assert state["more"]["value"] == {"type": "plain_text_input", "value": None}


def test_an_error_stands_under_its_field(form: Page) -> None:
    dialog(form).get_by_label("More").fill("kept")
    form.get_by_role("button", name="Declare", exact=True).click()
    expect(dialog(form).get_by_role("alert")).to_have_text("Please complete this required field.")
    expect(title(form)).to_be_focused()
    expect(title(form)).to_have_accessible_description("Please complete this required field.")
    expect(dialog(form).get_by_label("More")).to_have_value("kept")


def test_escape_closes_the_form_and_tells_the_app(form: Page, slack: CannedSlack) -> None:
    form.keyboard.press("Escape")
    expect(dialog(form)).to_have_count(0)
    expect(form.get_by_label("Message #devops")).to_be_focused()
    slack.wait_for(lambda: slack.sent("close"))
    assert [body["view_id"] for body in slack.sent("close")] == ["V1"]


def test_escape_in_a_list_closes_only_the_list(form: Page, slack: CannedSlack) -> None:
    form.get_by_role("button", name="Services").click()
    form.keyboard.press("Escape")
    expect(form.get_by_role("listbox", name="Services")).to_have_count(0)
    expect(dialog(form)).to_be_visible()
    expect(form.get_by_role("button", name="Services")).to_be_focused()
    assert slack.sent("close") == []


def test_a_chosen_token_can_be_removed(form: Page) -> None:
    pick(form, "Services", "API", "Web")
    form.get_by_role("button", name="Remove API").click()
    expect(form.locator(".token")).to_have_text(["Web"])


def test_a_list_can_be_filtered_and_chosen_by_keyboard(form: Page, slack: CannedSlack) -> None:
    form.get_by_role("button", name="Announce in").click()
    form.keyboard.type("gene")
    form.keyboard.press("Enter")
    expect(form.get_by_role("button", name="Announce in: general")).to_be_focused()
    slack.wait_for(lambda: slack.sent("action"))
    body = slack.sent("action")[-1]
    assert body["container"] == {"type": "view", "view_id": "V1"}
    assert body["element"] == {"type": "conversations_select", "selected_conversation": "C0GENERAL"}


def test_an_updated_form_keeps_what_was_typed(form: Page, slack: CannedSlack) -> None:
    title(form).fill("Checkout is")
    blocks = slack.views["declare"]["blocks"]
    slack.views["declare"] = {**slack.views["declare"], "blocks": blocks[1:]}
    slack.show_view("declare")
    expect(dialog(form).locator(".alert")).to_have_count(0)
    expect(title(form)).to_be_focused()
    form.keyboard.type(" down")
    expect(title(form)).to_have_value("Checkout is down")


def test_a_pushed_form_goes_back_to_the_one_below(form: Page, slack: CannedSlack) -> None:
    title(form).fill("Checkout")
    slack.show_view("declare", "role")
    expect(dialog(form)).to_have_accessible_name("Assign a role")
    form.get_by_role("button", name="Back", exact=True).click()
    expect(dialog(form)).to_have_accessible_name("Declare an incident")
    expect(title(form)).to_have_value("Checkout")
    slack.wait_for(lambda: slack.sent("close"))
    assert [body["view_id"] for body in slack.sent("close")] == ["V2"]


def test_the_cross_closes_the_whole_stack(form: Page, slack: CannedSlack) -> None:
    slack.show_view("declare", "role")
    expect(dialog(form)).to_have_accessible_name("Assign a role")
    dialog(form).get_by_role("button", name="Close", exact=True).click()
    expect(dialog(form)).to_have_count(0)
    slack.wait_for(lambda: slack.sent("close"))
    assert slack.sent("close") == [{"as": "U01ALICE", "view_id": "V1", "all": True}]


def test_a_reloaded_page_shows_its_form_again(form: Page) -> None:
    form.reload()
    expect(dialog(form)).to_have_accessible_name("Declare an incident")
