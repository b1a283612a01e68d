"""The two databases that a bot may be killed on: an SQLite file, and a database of a real PostgreSQL."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox.neonpro.postgres import Postgres
from storage.migrate import upgrade

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An SQLite file with the newest schema."""
    path = tmp_path_factory.mktemp("sqlite") / "newest.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """PostgreSQL out of its wheel, with a database `newest` that has the newest schema and nothing in it."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    postgres.start()
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE newest")
    upgrade(postgres.dsn("newest"))
    yield postgres
    postgres.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the newest schema, on each of the two."""
    if request.param == "sqlite":
        (tmp_path / "bot.db").write_bytes(request.getfixturevalue("newest_file"))
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    postgres, name = request.getfixturevalue("server"), f"bot{next(_NUMBERS)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE newest")
        yield postgres.dsn(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
