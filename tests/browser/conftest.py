"""Chromium, and `neonops sandbox` as a newcomer starts it; pictures of what is seen go to a temporary directory."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browsing import Visit, Visitors, sandbox
from chromium import chromium
from playwright.sync_api import Browser


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh practice workspace with the real bot."""
    with sandbox(tmp_path_factory.mktemp("sandbox")) as address:
        yield address


@pytest.fixture
def visitors(browser: Browser, address: str, tmp_path: Path) -> Iterator[Visitors]:
    """Who opens the page; what goes wrong in a browser's console fails the test."""
    visitors = Visitors(browser, address, tmp_path)
    yield visitors
    visitors.leave()


@pytest.fixture
def alice(visitors: Visitors) -> Visit:
    """Alice, in #devops, on a wide screen."""
    return visitors.open("U01ALICE")
