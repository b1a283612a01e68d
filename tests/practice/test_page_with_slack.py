"""The page, the practice Slack and a Bolt app together: what a person does reaches the app, and comes back."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest
from chromium import chromium
from guards import GUARD_S
from page_browser import opened
from playwright.sync_api import Browser, Page, expect
from slack_bolt.async_app import AsyncApp
from slack_world import ALICE, BRUNO, DEVOPS, World, actions, button, manifest, modal, section, text_input

from sandbox.neonpro import PracticeNeonPro
from sandbox.page import routes as page_routes
from sandbox.pagers.practice import PracticePagers
from sandbox.slack import PracticeSlack

pytestmark = pytest.mark.browser


def listeners(app: AsyncApp) -> None:
    """`/probe` opens a form, or with a text posts a card; the card's button edits it in place."""

    @app.command("/probe")
    async def probe(ack: Any, body: dict[str, Any], client: Any) -> None:
        if not body["text"]:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input()))
            return
        await ack(text=f"Got it: {body['text']}")
        await post(client, body["text"])

    @app.view("form")
    async def form(ack: Any, view: dict[str, Any], client: Any) -> None:
        title = view["state"]["values"]["title"]["value"]["value"]
        await ack(response_action="errors", errors={"title": "Too short"}) if len(title) < 3 else await ack()
        if len(title) >= 3:
            await post(client, title)

    @app.action("press")
    async def press(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        blocks = [section(f"Pressed by <@{body['user']['id']}>"), actions(button(value="2"), block_id="row-2")]
        await client.chat_update(channel=DEVOPS, ts=body["message"]["ts"], text="Pressed", blocks=blocks)

    async def post(client: Any, title: str) -> None:
        await client.chat_postMessage(channel=DEVOPS, text=title, blocks=[section(title), actions(button())])


@contextmanager
def practice() -> Iterator[str]:
    """The address of a workspace with the page and a connected app, in a thread of its own."""
    started: Future[str] = Future()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def main() -> None:
        slack = PracticeSlack(manifest=manifest(), people=(ALICE, BRUNO), channels=("general", "devops"))
        slack.routes.extend([*page_routes, *PracticeNeonPro().routes, *PracticePagers((ALICE, BRUNO)).routes])
        running = await slack.serve()
        async with World(slack, running.url).bolt() as app:
            listeners(app)
            started.set_result(running.url)
            await stopping.wait()
        await running.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    try:
        yield started.result(timeout=GUARD_S)
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=GUARD_S)
        loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with practice() as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, f"{address}/?as={ALICE.id}&channel={DEVOPS}") as page:
        expect(page.locator(".bot-state.is-on")).to_be_visible()
        yield page


def send(page: Page, text: str) -> None:
    page.get_by_label("Message #devops").fill(text)
    page.get_by_label("Message #devops").press("Enter")


def test_a_command_brings_a_card_that_a_click_changes(page: Page) -> None:
    send(page, "/probe Checkout & <b>cart</b> are down, @bruno")
    expect(page.get_by_text("Got it: Checkout & <b>cart</b> are down, @Bruno Braga")).to_be_visible()
    card = page.locator("li.message", has=page.get_by_role("button", name="Press")).last
    expect(card).to_contain_text("Checkout & <b>cart</b> are down")
    card.get_by_role("button", name="Press").click()
    expect(card).to_contain_text("Pressed by @Alice Andrade")


def test_a_form_is_opened_refused_and_sent(page: Page) -> None:
    send(page, "/probe")
    form = page.get_by_role("dialog", name="Form")
    field = form.get_by_label("Title")
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_have_text("Please complete this required field.")
    field.fill("ab")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Too short")
    field.fill("abcdef")
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("li.message", has_text="abcdef").last).to_be_visible()


def test_two_windows_are_two_people(page: Page, browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/?as={BRUNO.id}&channel=C0GENERAL") as other:
        send(page, "ping @bruno")
        expect(other.get_by_role("link", name="devops")).to_contain_text("you were mentioned")
        other.get_by_role("link", name="devops").click()
        expect(other.locator("li.message", has_text="ping @Bruno Braga")).to_be_visible()
        expect(other.get_by_text("Only visible to you")).to_have_count(0)


def test_an_unanswered_command_is_reported(page: Page) -> None:
    send(page, "/raw hello")
    expect(page.get_by_role("alert")).to_contain_text("/raw failed")


def test_faults_reach_the_app(page: Page) -> None:
    page.get_by_role("button", name="Practice controls").click()
    page.get_by_text("Slack faults").click()
    page.get_by_label("Fault", exact=True).select_option("errors")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("1 × internal_error")).to_be_visible()
    send(page, "/probe never posted")
    row = page.locator(".is-traffic tr.is-error", has_text="chat.postMessage").first
    expect(row).to_contain_text("internal_error")
    expect(page.locator(".is-sending")).to_have_count(0)


def test_production_can_be_broken(page: Page) -> None:
    page.get_by_role("button", name="Practice controls").click()
    page.get_by_text("Vendors").click()
    page.get_by_label("Vercel status").select_option("critical")
    page.get_by_role("switch", name="AI fails").check()
    page.reload()
    expect(page.get_by_label("Vercel status")).to_have_value("critical")
    expect(page.get_by_role("switch", name="AI fails")).to_be_checked()
    page.get_by_label("Error rate (%)").fill("50")
    page.get_by_label("Error rate (%)").press("Tab")
    expect(page.get_by_role("switch", name="AI fails")).to_be_focused()
