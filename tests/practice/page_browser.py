"""A browser for the page's tests: one Chromium a module, one page a test, and no error in its console."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from guards import GUARD_S
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

PROBES = Path(__file__).with_name("page_probes.js")
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


_IDLE: "WeakKeyDictionary[Browser, dict[str, list[Page]]]" = WeakKeyDictionary()
"""Windows by what they were opened with, for the next test: a new one costs a second. What the page stored is cleared;
one whose test failed is not used again."""


@contextmanager
def opened(browser: Browser, address: str, *, size: dict[str, int] | None = None, **context: Any) -> Iterator[Page]:
    """The page, ready to be used. Raises AssertionError at the end when anything went wrong in its console."""
    complaints: list[str] = []
    wanted = {"viewport": size or WIDE, **context}
    idle = _IDLE.setdefault(browser, {}).setdefault(str(wanted), [])
    page = idle.pop() if idle else browser.new_context(**wanted).new_page()
    page.set_default_timeout(1000 * GUARD_S)
    expect.set_options(timeout=1000 * GUARD_S)
    listeners = {
        "pageerror": lambda error: complaints.append(_words(error)),
        "console": lambda message: complaints.extend(_errors(message)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    yield page
    page.evaluate("[localStorage, sessionStorage].forEach(each => each.clear())")
    page.goto("about:blank")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    idle.append(page)
    assert complaints == [], complaints


def probe(page: Page, name: str, argument: Any = None) -> Any:
    """The answer of one of the functions in page_probes.js."""
    return page.evaluate(f"(argument) => {{ {PROBES.read_text()} return probes.{name}(argument) }}", argument)


def _errors(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type == "error" else []


def _words(error: Error) -> str:
    return f"{error.message} {error.stack}"
