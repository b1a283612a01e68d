"""What a person does on the page of the practice workspace, in words that read as facts."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guards import GUARD_S
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

ROOT = Path(__file__).parents[2]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 1000 * GUARD_S
"""Milliseconds after which what is waited for is not going to be there."""


@contextmanager
def sandbox(directory: Path, *more: str) -> Iterator[str]:
    """Run `neonops sandbox` until the end; its address. Raises AssertionError when it does not end well."""
    port = str(_free_port())
    argv = [sys.executable, "-m", "bot", "sandbox", "--port", port, "--directory", str(directory / "world"), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        (directory / "sandbox.log").open("w") as log,
        subprocess.Popen(
            [*argv, "--speed", "20", *more],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout
        assert any("open http" in line for line in process.stdout), (directory / "sandbox.log").read_text()
        address = f"http://127.0.0.1:{port}"
        turn(address, "tools_speed", 0)
        yield address
        process.send_signal(signal.SIGTERM)
        assert process.wait(GUARD_S) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def turn(address: str, switch: str, value: object) -> None:
    """Set a switch of the practice NeonPro."""
    body = json.dumps({"id": switch, "value": value}).encode()
    request = urllib.request.Request(f"{address}/ui/neonpro", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["ok"]


def keep(page: Page, name: str) -> None:
    """Renew a picture of the README with what is seen now, when RENEW_PICTURES asks for it."""
    if os.environ.get("RENEW_PICTURES"):
        page.screenshot(path=ROOT / "docs" / f"{name}.png")


class Visit:
    """One window: somebody acts as one person of the workspace."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self._pictures = page, pictures

    def types(self, text: str) -> None:
        """Write into the composer and send it."""
        field = self.page.get_by_role("textbox", name=re.compile("^Message "))
        field.fill(text)
        field.press("Enter")

    def presses(self, name: str) -> None:
        """Press the newest button of this name."""
        self.button(name).last.click()

    def agrees(self, name: str) -> None:
        """Press a button of the dialog or form in front."""
        self.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()

    def enters(self, field: str, text: str) -> None:
        self.page.get_by_role("dialog").get_by_label(field).fill(text)

    def chooses(self, field: str, option: str) -> None:
        """Choose an option in the menu of a form."""
        self.page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{re.escape(field)}")).click()
        self.page.get_by_role("option", name=option).click()

    def goes_to(self, channel: re.Pattern[str]) -> None:
        """Open a channel from the sidebar, which is a drawer on a phone."""
        if self.page.get_by_role("button", name="Channels", exact=True).is_visible():
            self.page.get_by_role("button", name="Channels", exact=True).click()
        self.page.get_by_role("link", name=channel).first.click()
        expect(self.page.get_by_role("textbox", name=re.compile("^Message "))).to_be_visible()

    def acts_as(self, name: str) -> None:
        """Become another person, by the switcher."""
        self.page.get_by_role("button", name=re.compile("^Acting as")).click()
        self.page.get_by_role("menuitem", name=re.compile(name)).or_(
            self.page.get_by_role("option", name=re.compile(name))
        ).first.click()
        expect(self.page.get_by_role("button", name=re.compile(f"^Acting as {name}"))).to_be_visible()

    def declares(self, title: str) -> None:
        """Declare a P1, and go to its channel as soon as it is there."""
        self.types(f"/incident p1 {title}")
        said = self.message(f"P1 critical outage declared: {title}")
        channel = re.search(r"incident-[\d-]+\d", said.text_content() or "")
        assert channel
        self.shows("declared")
        self.goes_to(re.compile(rf"^{channel.group()}(?![-\d])"))

    def ticks_everything(self) -> None:
        """Press every Tick button that there is, by its item; what the bot ticks meanwhile is let be."""
        ticks = self.page.get_by_role("button", name=re.compile("^Tick: "))
        expect(ticks.first).to_be_visible()
        for name in ticks.evaluate_all("those => those.map(each => each.ariaLabel)"):
            self.button(name).evaluate_all("those => those[0]?.click()")
        expect(ticks).to_have_count(0)

    def works_through(self, count: int) -> None:
        """Tick every item in the list of an incident's items."""
        self.presses(f"All {count} items")
        dialog = self.page.get_by_role("dialog")
        ticks = dialog.get_by_role("button", name=re.compile("^Tick: "))
        expect(ticks.first).to_be_visible()
        for name in [tick.get_attribute("aria-label") or "" for tick in ticks.all()]:
            dialog.get_by_role("button", name=name, exact=True).click()
            expect(dialog.get_by_role("button", name=f"Un{name[0].lower()}{name[1:]}", exact=True)).to_be_visible()
        self.shows("list")
        dialog.get_by_role("button", name="Close", exact=True).last.click()

    def rolls_back(self) -> None:
        """Ask for a rollback from the card of an incident."""
        self.presses("Roll back…")
        self.shows("roll-back-what")
        self.agrees("Continue")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name, exact=True)

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message with this text."""
        return self.page.locator("li.message", has_text=text).last

    def sees(self, *texts: str) -> None:
        """Each text stands in some message."""
        for text in texts:
            expect(self.message(text)).to_be_visible()

    def shows(self, name: str) -> None:
        """Keep a picture of what is seen now."""
        self.page.screenshot(path=self._pictures / f"{name}.png")

    def keeps(self, name: str) -> None:
        """Renew a picture of the README with what is seen now, when RENEW_PICTURES asks for it."""
        keep(self.page, name)

    def fits(self) -> None:
        """Nothing is wider than the window."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        buttons = self.page.get_by_role("main").get_by_role("button")
        assert buttons.evaluate_all("all => all.filter(b => b.getBoundingClientRect().right > innerWidth).length") == 0


class Visitors:
    """Opens windows, and complains at the end about what went wrong in their consoles."""

    def __init__(self, browser: Browser, address: str, pictures: Path) -> None:
        self.address, self._browser, self._pictures = address, browser, pictures
        self._complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, user: str, *, channel: str = "C0DEVOPS", size: dict[str, int] | None = None, **more: Any) -> Visit:
        more = {"viewport": size or WIDE, "reduced_motion": "reduce", **more}
        context = self._browser.new_context(**more)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: self._complaints.append(f"{error.message} {error.stack}"))
        page.on("console", lambda said: self._complaints.extend([said.text] if said.type == "error" else []))
        page.goto(f"{self.address}/?as={user}&channel={channel}")
        page.wait_for_selector("body[data-ready]")
        return Visit(page, self._pictures)

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
        assert self._complaints == [], self._complaints
