"""The status page in a browser: readable for everybody, on every width, in light and dark, without scripts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PHONE, WIDE, keep
from playwright.sync_api import Browser
from playwright.sync_api import Page as BrowserPage

from bot.status.page import Component, Day, Incident, Page, Planned, Update, Wording
from handlers.web.status.files import files_of, write_copy

pytestmark = pytest.mark.browser
AT = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)
NARROW = {"width": 320, "height": 700}


def _days(measured: bool) -> tuple[Day, ...]:
    """Ninety days: of some nothing is known, on two of the others a check failed."""
    first = date(2026, 8, 31)
    days = [Day(first + timedelta(days=number), 288, 0, 288 if measured else None) for number in range(90)]
    return tuple(
        Day(day.date, 0, 0, day.expected)
        if number < 35
        else Day(day.date, 260, 28, day.expected)
        if number in (60, 89)
        else day
        for number, day in enumerate(days)
    )


OPEN = Incident(
    "a1b2c3", Wording("Partial outage", "Indisponibilidade parcial"), "major", "partial_outage", ("api",),
    AT - timedelta(minutes=40),
    (
        Update("u3", AT, "monitoring", Wording("A fix is live. We keep watching.", "A correção está no ar.")),
        Update("u2", AT - timedelta(minutes=20), "identified", Wording("A slow query of the database is the cause.")),
        Update("u1", AT - timedelta(minutes=40), "investigating", Wording("Some requests fail.", "Há falhas.")),
    ),
)  # fmt: skip
PAST = Incident(
    "d4e5f6", Wording("Degraded performance", "Desempenho degradado"), "minor", "degraded_performance", ("web",),
    AT - timedelta(days=9),
    (
        Update("u5", AT - timedelta(days=9, minutes=-50), "resolved", Wording("This incident is resolved.")),
        Update("u4", AT - timedelta(days=9), "investigating", Wording("Pages load slowly.", "Está lento.")),
    ),
)  # fmt: skip
WINDOW = Planned(
    "m1", Wording("Maintenance window"), "scheduled", AT + timedelta(hours=14), AT + timedelta(hours=18), AT
)
PAGE = Page(
    Wording("NeonPro status", "Status da NeonPro"),
    "America/Sao_Paulo",
    (
        Component("api", Wording("API"), "partial_outage", _days(True)),
        Component("web", Wording("Web Application", "Aplicação web"), "operational", _days(False)),
    ),
    (OPEN, PAST),
    (WINDOW,),
    AT,
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as files, as any web server would serve it."""
    folder = tmp_path_factory.mktemp("status")
    write_copy(files_of(PAGE, "https://status.example"), folder)
    return folder


def opened(browser: Browser, file: Path, size: dict[str, int], **more: Any) -> BrowserPage:
    page = browser.new_context(viewport=size, **more).new_page()  # type: ignore[arg-type]
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE, NARROW], ids=["wide", "phone", "narrow"])
def test_nothing_keeps_anybody_from_reading_it(browser: Browser, copy: Path, size: dict[str, int], scheme: str) -> None:
    page = opened(browser, copy / "en/index.html", size, color_scheme=scheme)
    for summary in page.locator("summary").all():
        summary.click()
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_says_everything_without_scripts(browser: Browser, copy: Path) -> None:
    page = opened(browser, copy / "pt/index.html", PHONE, java_script_enabled=False)
    for words in ("Status da NeonPro", "Indisponibilidade parcial", "A correção está no ar.", "not measured"):
        assert page.get_by_text(words).first.is_visible()


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["light", "dark"])
def test_its_pictures(browser: Browser, copy: Path, size: dict[str, int], scheme: str, tmp_path: Path) -> None:
    page = opened(browser, copy / "en/index.html", size, color_scheme=scheme)
    page.screenshot(path=tmp_path / "status.png")
    keep(page, f"status-{scheme}")
