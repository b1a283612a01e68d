"""Every test here runs on SQLite and on a real PostgreSQL: one server a session, an empty database a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from storage_world import NOON, Opened, Ticking, copied, emptied, fill

from sandbox.neonpro.database.postgres import Postgres


@pytest.fixture(scope="session")
def reused(server: Postgres, template: str) -> Iterator[str]:
    """A PostgreSQL database that is emptied before each test: to make a new one takes longer than the test."""
    with copied(server, template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    with copied(request.getfixturevalue("server"), "template1") as url:
        yield url


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the newest schema and nothing in it."""
    if kind == "postgresql":
        return emptied(request.getfixturevalue("reused"))
    (tmp_path / "bot.db").write_bytes(request.getfixturevalue("newest_file"))
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
def opened(url: str) -> Iterator[Opened]:
    """The database, with a runbook and two runs in it."""
    opened = Opened(url, Ticking(NOON))
    opened.write(fill)
    opened.woken.clear()
    yield opened
    opened.close()
