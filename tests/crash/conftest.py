"""The two databases that a bot may be killed on: an SQLite file, and a database of a real PostgreSQL."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

_NUMBERS = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with the newest schema, on each of the two."""
    if request.param == "sqlite":
        (tmp_path / "bot.db").write_bytes(request.getfixturevalue("newest_file"))
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    postgres, newest = request.getfixturevalue("server"), request.getfixturevalue("template")
    name = f"bot{next(_NUMBERS)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {newest}")
        yield postgres.dsn(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
