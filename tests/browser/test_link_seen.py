"""The page of a one-time link in a browser: one button for a thumb at night, readable without scripts."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, WIDE
from playwright.sync_api import Browser, Page
from starlette.responses import Response

from bot.paging.answering import Asked
from handlers.web.paging.links import link_page

pytestmark = pytest.mark.browser
LONG = "Checkout is down for everybody who pays with a card of a bank whose name nobody has ever written in one line"
PAGES = {
    "asked": link_page(Asked(1, 7, LONG, ""), "", press=True),
    "answered": link_page(Asked(1, 7, LONG, "pt-BR"), "Você assumiu o incidente 7. Ninguém mais será chamado."),
    "invalid": link_page(None, ""),
}


def opened(browser: Browser, page: Response, scheme: Literal["light", "dark"], width: int) -> Page:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 844})
    shown = context.new_page()
    shown.set_content(bytes(page.body).decode())
    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_keeps_anybody_from_reading_it(browser: Browser, name: str, scheme: Literal["light", "dark"]) -> None:
    shown = opened(browser, PAGES[name], scheme, 320)
    assert Axe().run(shown).violations_count == 0
    assert shown.evaluate("document.documentElement.scrollWidth") == 320
    shown.context.close()


@pytest.mark.parametrize("width", [PHONE["width"], WIDE["width"]])
def test_the_button_is_seen_without_scrolling_and_large_enough_for_a_thumb(browser: Browser, width: int) -> None:
    shown = opened(browser, PAGES["asked"], "dark", width)
    box = shown.get_by_role("button", name="I'm on it").bounding_box()
    assert box
    assert box["height"] >= 48
    assert box["y"] + box["height"] < 500
    shown.context.close()
