"""The page of the practice workspace in a real browser: what one sees, types and clicks, and what the page sends."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chromium import chromium
from page_browser import PHONE, opened, probe
from page_canned import DEVOPS
from page_fixture import CannedSlack
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

CARD = "li.message.is-pinned"
AS_ALICE = f"/?as=U01ALICE&channel={DEVOPS}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def slack() -> Iterator[CannedSlack]:
    with CannedSlack().serving() as slack:
        yield slack


@pytest.fixture
def page(browser: Browser, slack: CannedSlack) -> Iterator[Page]:
    with opened(browser, slack.url + AS_ALICE) as page:
        expect(page.locator(CARD)).to_be_visible()
        yield page


@pytest.fixture
def phone(browser: Browser, slack: CannedSlack) -> Iterator[Page]:
    with opened(browser, slack.url + AS_ALICE, size=PHONE, has_touch=True, is_mobile=True) as page:
        expect(page.locator(CARD)).to_be_attached()
        yield page


def composer(page: Page) -> Locator:
    return page.get_by_label("Message #devops")


def card_ts(page: Page) -> str:
    return page.locator(CARD).get_attribute("data-ts") or ""


def sent(slack: CannedSlack, page: Page, path: str) -> dict[str, Any]:
    """The one body that was posted to this path, once it has come."""
    page.evaluate("() => new Promise(requestAnimationFrame)")
    slack.wait_for(lambda: slack.sent(path))
    (body,) = slack.sent(path)
    return body


def test_a_slash_completes_commands_and_sends_them(page: Page, slack: CannedSlack) -> None:
    composer(page).press_sequentially("/in")
    expect(page.get_by_role("option", name="/incident")).to_contain_text("Declare an incident and run its checklist")
    composer(page).press("Tab")
    expect(composer(page)).to_have_value("/incident ")
    composer(page).press_sequentially("p1 Checkout is down")
    composer(page).press("Enter")
    body = sent(slack, page, "command")
    assert body == {"as": "U01ALICE", "channel": DEVOPS, "command": "/incident", "text": "p1 Checkout is down"}


def test_arrow_keys_walk_through_the_commands(page: Page) -> None:
    composer(page).press_sequentially("/")
    composer(page).press("ArrowDown")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("/health ")


def test_a_complete_command_is_sent_by_one_enter(page: Page, slack: CannedSlack) -> None:
    composer(page).press_sequentially("/health")
    composer(page).press("Enter")
    assert sent(slack, page, "command")["command"] == "/health"


def test_names_complete_after_an_at_sign(page: Page, slack: CannedSlack) -> None:
    composer(page).press_sequentially("ask @bru")
    composer(page).press("Enter")
    composer(page).press_sequentially("in #gen")
    composer(page).press("Tab")
    composer(page).press("Enter")
    assert sent(slack, page, "say")["text"] == "ask @bruno in #general"


def test_a_hint_puts_its_command_into_the_composer(page: Page) -> None:
    page.get_by_role("button", name="Declare an incident").click()
    expect(composer(page)).to_have_value("/incident p1 Checkout is down")


def test_a_closed_hint_stays_closed(page: Page) -> None:
    page.get_by_role("button", name="Close the hints").click()
    page.reload()
    expect(page.locator(CARD)).to_be_visible()
    expect(page.locator(".hint-strip")).to_have_count(0)


def test_a_command_without_an_ack_says_so_and_comes_back(page: Page) -> None:
    composer(page).fill("/rollback web")
    composer(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("dispatch_failed")
    expect(composer(page)).to_have_value("/rollback web")


def test_an_unknown_command_is_not_sent(page: Page, slack: CannedSlack) -> None:
    composer(page).fill("/incidnet p1")
    composer(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("/incidnet is not a command")
    assert slack.sent("command") == slack.sent("say") == []


def test_arrow_up_brings_back_what_was_sent(page: Page) -> None:
    composer(page).fill("/health api")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("/health api")


def test_a_click_waits_for_its_ack(page: Page, slack: CannedSlack) -> None:
    answer = slack.hold("incident.update")
    button = page.get_by_role("button", name="Post an update")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-busy", "true")
    answer()
    expect(button).to_be_enabled()
    body = sent(slack, page, "action")
    assert body["container"] == {"type": "message", "channel": DEVOPS, "ts": card_ts(page)}
    assert body["element"] == {"type": "button", "value": "incident.update:3"}
    assert [o["value"] for o in body["state"]["steps-v3"]["step.tick"]["selected_options"]] == ["ack", "status"]


def test_a_click_without_an_ack_is_marked(page: Page, slack: CannedSlack) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [never_answers()]}]
    slack.add_message(text="late", blocks=blocks, ts="1999999999.000001", ephemeral=False)
    page.get_by_role("button", name="Late").click()
    expect(page.locator(".action-failed")).to_contain_text("did not answer in time")


def never_answers() -> dict[str, Any]:
    return {"type": "button", "action_id": "never.answers", "text": {"type": "plain_text", "text": "Late"}}


def test_a_dangerous_click_is_confirmed_first(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Roll back web…").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert slack.sent("action") == []
    page.get_by_role("button", name="Roll back web…").click()
    page.get_by_role("button", name="Roll back", exact=True).click()
    assert sent(slack, page, "action")["action_id"] == "incident.rollback"


def test_a_tick_sends_the_whole_set(page: Page, slack: CannedSlack) -> None:
    page.get_by_label("Find out who is affected").check()
    options = sent(slack, page, "action")["element"]["selected_options"]
    assert [option["value"] for option in options] == ["ack", "status", "scope"]


def test_a_select_sends_its_option(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Change severity").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert sent(slack, page, "action")["element"]["selected_option"]["value"] == "p2"


def test_an_overflow_menu_sends_its_option(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Add a note").click()
    assert sent(slack, page, "action")["element"]["selected_option"]["value"] == "note"


def test_a_button_for_others_is_not_shown(page: Page, slack: CannedSlack) -> None:
    hidden = {**never_answers(), "visible_to_user_ids": ["U02BRUNO"], "action_id": "other"}
    blocks = [{"type": "actions", "block_id": "b", "elements": [hidden, never_answers()]}]
    message = slack.add_message(text="who", blocks=blocks, ts="1999999999.000001", ephemeral=False)
    expect(page.locator(f'li[data-ts="{message["ts"]}"] button.button')).to_have_count(1)


def test_an_edit_flashes_and_moves_nothing(page: Page, slack: CannedSlack) -> None:
    page.locator(".messages").evaluate("box => { box.scrollTop = box.scrollHeight - box.clientHeight - 500 }")
    report = page.locator("li.message", has_text="Deploy 42 · web")
    before = report.bounding_box()
    blocks = slack.messages[DEVOPS][6]["blocks"]
    longer = [*blocks, {"type": "section", "block_id": "x", "text": {"type": "mrkdwn", "text": "one more line\n" * 9}}]
    slack.edit_message(card_ts(page), blocks=longer)
    expect(page.locator(f"{CARD}.is-fresh")).to_contain_text("one more line")
    after = report.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2


def test_an_edit_keeps_the_focus(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Assign roles").focus()
    slack.edit_message(card_ts(page), text="P1: edited")
    expect(page.locator(f"{CARD} .edited")).to_be_visible()
    expect(page.get_by_role("button", name="Assign roles")).to_be_focused()


def test_a_reader_of_old_messages_is_not_moved(page: Page, slack: CannedSlack) -> None:
    page.locator(".messages").evaluate("box => { box.scrollTop = 0 }")
    expect(page.locator(".jump")).to_have_text("Jump to newest")
    slack.add_message(text="news", ts="1999999999.000001", user="U02BRUNO", bot_id=None, ephemeral=False)
    expect(page.locator(".jump")).to_have_text("1 new message")
    assert page.locator(".messages").evaluate("box => box.scrollTop") < 5
    page.locator(".jump").click()
    expect(page.get_by_text("news", exact=True).last).to_be_in_viewport()


def test_a_new_message_is_announced(page: Page, slack: CannedSlack) -> None:
    slack.add_message(text="All clear", ts="1999999999.000001", user="U02BRUNO", bot_id=None, ephemeral=False)
    expect(page.locator("#announcer")).to_have_text("Bruno Braga: All clear")


def test_a_lost_stream_is_shown_and_mended(page: Page, slack: CannedSlack) -> None:
    expect(page.locator("#status")).to_be_hidden()
    slack.messages[DEVOPS][0]["text"] = "Written while the stream was away"
    slack.drop_pages()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    expect(page.get_by_text("Reconnecting")).to_be_hidden()
    expect(page.get_by_text("Written while the stream was away")).to_be_attached()


def test_an_ephemeral_message_says_who_sees_it(page: Page) -> None:
    message = page.locator("li.message", has_text="Only platform leads may roll back")
    expect(message).to_contain_text("Only visible to you")


def test_the_sidebar_shows_what_is_unread(page: Page) -> None:
    side = page.get_by_role("navigation", name="Channels and direct messages")
    mentioned = "incident-20261123-0312 , private channel, 4 unread, you were mentioned"
    expect(side.get_by_role("link", name="incident-20261123-0312")).to_have_accessible_name(mentioned)
    expect(side.get_by_role("link", name="announcements")).to_have_class("side-row is-unread")
    expect(side.get_by_text("incident-20260901-1210")).to_have_count(0)


def test_one_can_act_as_somebody_else(page: Page) -> None:
    page.get_by_role("button", name="Acting as Alice Andrade").click()
    expect(page.get_by_role("menuitem", name="Carla Costa")).to_contain_text("Security officer")
    page.get_by_role("menuitem", name="Bruno Braga").click()
    expect(page.get_by_role("button", name="Acting as Bruno Braga")).to_be_visible()
    assert "as=U02BRUNO" in page.url


def test_a_reply_goes_into_its_thread(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="2 replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("On it, watching the graphs.")).to_be_visible()
    thread.get_by_label("Reply…").fill("Same here")
    thread.get_by_label("Reply…").press("Enter")
    assert sent(slack, page, "say")["thread_ts"] == slack.messages[DEVOPS][3]["ts"]


def test_the_home_tab_has_working_buttons(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("link", name="NeonOps Home").click()
    page.get_by_role("button", name="Post an update").click()
    assert slack.sent("home_opened") == [{"as": "U01ALICE"}]
    assert sent(slack, page, "action")["container"] == {"type": "view", "view_id": "VH"}


def test_shortcuts_are_beside_the_composer(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Shortcuts").click()
    expect(page.get_by_role("menuitem")).to_have_count(1)
    page.get_by_role("menuitem", name="Declare an incident").click()
    assert sent(slack, page, "shortcut") == {"as": "U01ALICE", "callback_id": "incident.declare"}


def test_shortcuts_of_a_message_are_in_its_menu(page: Page, slack: CannedSlack) -> None:
    message = page.locator("li.message:not(.is-ephemeral)").last
    message.hover()
    message.get_by_role("button", name=re.compile("^Use a message shortcut")).click()
    expect(page.get_by_role("menuitem")).to_have_count(1)
    page.get_by_role("menuitem", name="Add to the timeline").click()
    said = sent(slack, page, "shortcut")
    assert (said["callback_id"], said["ts"]) == ("timeline.add", message.get_attribute("data-ts"))
    assert said["channel"]


def test_a_channel_can_be_joined(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("link", name="web").click()
    page.get_by_role("button", name="Join channel").click()
    assert sent(slack, page, "join") == {"as": "U01ALICE", "channel": "C04WEB"}


def test_a_channel_can_be_created(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Create a channel").click()
    page.get_by_label("Name").fill("checkout")
    page.get_by_role("button", name="Create", exact=True).click()
    assert sent(slack, page, "channel") == {"as": "U01ALICE", "name": "checkout", "is_private": False}


def test_the_controls_break_production_and_slack(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Practice controls").click()
    page.get_by_role("switch", name="API down").check()
    assert sent(slack, page, "neonpro") == {"id": "api_down", "value": True}
    page.get_by_text("Slack faults").click()
    page.get_by_label("Fault", exact=True).select_option("rate_limit")
    page.get_by_role("button", name="Add", exact=True).click()
    assert sent(slack, page, "faults") == {"rate_limit": {"chat.postMessage": {"n": 1, "retry_after": 5}}}
    expect(page.get_by_text("1 × 429, retry after 5 s")).to_be_visible()


def test_the_controls_deactivate_people(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Practice controls").click()
    page.get_by_text("People and channels").click()
    page.get_by_label("Bruno Barros").select_option("deactivated")
    assert sent(slack, page, "standing") == {"id": "U02BRUNO", "value": "deactivated"}


CALL = {"id": 1, "kind": "Telephone call", "to": "alice", "words": "See http://x.example/ack/t", "at": 1.0,
        "state": "ringing", "news": [], "deeds": [{"id": "digit", "title": "Press 1"}]}  # fmt: skip


def test_the_controls_show_every_page_and_what_people_can_do(page: Page, slack: CannedSlack) -> None:
    slack.went_out.append(CALL)
    page.get_by_role("button", name="Practice controls").click()
    page.get_by_text("Who was called").click()
    expect(page.get_by_role("link", name="http://x.example/ack/t")).to_be_visible()
    page.get_by_role("button", name="Press 1").click()
    assert sent(slack, page, "pagers") == {"page": 1, "deed": "digit"}


def test_the_traffic_can_be_filtered(page: Page, slack: CannedSlack) -> None:
    page.get_by_role("button", name="Practice controls").click()
    rows = page.locator(".is-traffic tbody tr")
    expect(rows).to_have_count(5)
    call = {"n": 6, "at": 1, "kind": "api", "name": "pins.add", "ms": 5, "outcome": "ok", "summary": ""}
    slack.push({"type": "traffic", "call": call})
    expect(rows.first).to_contain_text("pins.add")
    page.get_by_label("Filter the traffic").fill("error")
    expect(rows).to_have_count(1)
    expect(rows).to_have_class("is-error")


def test_a_phone_has_its_channels_in_a_drawer(phone: Page) -> None:
    expect(phone.get_by_role("link", name="announcements")).not_to_be_in_viewport()
    phone.get_by_role("button", name="Channels", exact=True).tap()
    phone.get_by_role("link", name="announcements").tap()
    expect(phone.get_by_role("heading", name="announcements").first).to_be_visible()
    expect(phone.get_by_role("link", name="general")).not_to_be_in_viewport()


def test_a_phone_has_room_for_fingers_and_no_sideways_scrolling(phone: Page) -> None:
    phone.get_by_role("button", name="Practice controls").tap()
    expect(phone.locator(".is-traffic tbody tr").first).to_be_attached()
    assert probe(phone, "tooSmall") == []
    widths = "() => [document.documentElement.scrollWidth, document.querySelector('.messages').scrollWidth]"
    assert max(phone.evaluate(widths)) <= PHONE["width"]
