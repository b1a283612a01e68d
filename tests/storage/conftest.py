"""Every test here runs on SQLite and on a real PostgreSQL: one server a session, a fresh database a test."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from storage_world import NOON, Opened, Ticking, fill

from sandbox.neonpro.postgres import Postgres
from storage.migrate import upgrade

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """PostgreSQL out of its wheel."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    postgres.start()
    yield postgres
    postgres.remove()


@pytest.fixture(scope="session")
def template(server: Postgres) -> str:
    """The name of a PostgreSQL database with the newest schema."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE newest")
    upgrade(server.dsn("newest"))
    return "newest"


@pytest.fixture(scope="session")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An SQLite file with the newest schema."""
    path = tmp_path_factory.mktemp("sqlite") / "newest.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@contextmanager
def database(server: Postgres, source: str) -> Iterator[str]:
    """A new PostgreSQL database, copied from another, for as long as it is needed."""
    name = f"t{next(_NUMBERS)}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    yield server.dsn(name)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    with database(request.getfixturevalue("server"), "template1") as url:
        yield url


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the newest schema."""
    if kind == "sqlite":
        (tmp_path / "bot.db").write_bytes(request.getfixturevalue("newest_file"))
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    with database(request.getfixturevalue("server"), request.getfixturevalue("template")) as url:
        yield url


@pytest.fixture
def opened(url: str) -> Iterator[Opened]:
    """The database, with a runbook and two runs in it."""
    opened = Opened(url, Ticking(NOON))
    opened.write(fill)
    opened.woken.clear()
    yield opened
    opened.close()
