"""The URL of a database: what is wrong with it is said without a part of it."""

import pytest

from bot.errors import Refusal
from bot.settings import fixed_settings
from bot.settings.dsn import database_url, postgres_url, reading_url
from storage.database import parse_url, shown

RIGHT = [
    "postgresql://bot:pw@db/neonops",
    "postgresql://bot:p%40w%2F%23@db:5432/neonops?sslmode=require",
    "postgresql://bot:a:b@db/neonops",
    "postgresql://bot@[::1]:5432/neonops",
    "postgresql:///neonops?host=/run/postgresql",
    "postgresql://bot:pw@db?dbname=neonops",
    "postgresql://db/neonops?user=bot@example",
    "postgresql://postgres:@/postgres?host=/tmp/a",
]
WRONG = [
    ("mysql://bot:hunter2@db/x", "mysql is not a database that NeonOps knows; write"),
    ("mongodb+srv://bot:hunter2@db/x", "mongodb is not a database"),
    ("hunter2", "it is not the URL of a database that NeonOps knows; write"),
    ("bot:hunter2@db/x", "it is not the URL of a database"),
    ("postgresql:bot:hunter2@db/x", "it is not the URL of a database"),
    ("postgresql://bot:hunter2@db:99999/x", "its port must be a number from 1 to 65535"),
    ("postgresql://bot:hunter2@db:0/x", "its port must be"),
    ("postgresql://bot:hunter2@db:abc/x", "its port must be"),
    ("postgresql://bot:hunter2@db:-1/x", "its port must be"),
    ("postgresql://bot:hunt@er2@db/x", "write @ in its user or password as %40"),
    ("postgresql://bot:hunter2@@db/x", "write @ in its user or password as %40"),
    ("postgresql://bot:hunt#er2@db/x", "write # in its user or password as %23"),
    ("postgresql://bot:hunt/er2@db/x", "write / in its user or password as %2F"),
    ("postgresql://bot:2/hunter2@db/x", "write / in its user or password as %2F"),
    ("postgresql://bot:hunt?er2@db/x", "write [?] in its user or password as %3F"),
    ("postgresql://bot:hunt%er2@db/x", "write % in its user or password as %25"),
    ("postgresql://bot:hunt[er2@db/x", r"write \[ in its user or password as %5B"),
    ("postgresql://bot:hunt er2@db/x", "write a space in its user or password as %20"),
    ("postgresql://bot:hunter2@/x", "it names no host"),
    ("postgresql:///x", "it names no host"),
    ("postgresql://bot:hunter2@db", "it names no database"),
    ("postgresql://bot:hunter2@db/", "it names no database"),
    ("postgresql://bot:hunter2@[::1/x", "its host cannot be read"),
]
SQLITE = [
    ("sqlite+aiosqlite:///x.db", "write sqlite:///path, without a driver"),
    ("sqlite+aiosqlite:x.db", "write sqlite:///path, without a driver"),
    ("sqlite://x.db", "write sqlite:///path with three slashes"),
    ("sqlite:x.db", "write sqlite:///path with three slashes"),
    ("sqlite:///", "it names no file"),
    ("sqlite:///:memory:", "it names no file"),
]


@pytest.mark.parametrize("url", RIGHT)
def test_a_url_that_can_be_one_is_kept(url: str) -> None:
    assert database_url(url) == postgres_url(url) == reading_url(url) == url


@pytest.mark.parametrize("scheme", ["postgres", "POSTGRESQL", "postgresql+psycopg", "postgresql+asyncpg"])
def test_a_driver_is_left_out(scheme: str) -> None:
    assert postgres_url(f"{scheme}://bot:pw@db/x") == "postgresql://bot:pw@db/x"


@pytest.mark.parametrize("name", ["NEONOPS_DATABASE_URL", "NEONPRO_DATABASE_URL"])
@pytest.mark.parametrize(("url", "words"), WRONG)
def test_what_is_wrong_is_one_sentence_without_the_password(name: str, url: str, words: str) -> None:
    with pytest.raises(Refusal, match=f"^The setting {name} is invalid: {words}[^\n]*$") as refusal:
        fixed_settings({name: url})
    assert not any(part in str(refusal.value) for part in ("hunt", "er2", "bot"))


@pytest.mark.parametrize(("url", "words"), SQLITE)
def test_what_is_wrong_with_a_file_is_said(url: str, words: str) -> None:
    with pytest.raises(Refusal, match=f"^The setting NEONOPS_DATABASE_URL is invalid: {words}"):
        fixed_settings({"NEONOPS_DATABASE_URL": url})


def test_libpq_s_own_words_for_a_database_that_is_read_are_kept() -> None:
    assert reading_url("host=db dbname=x password=a@b") == "host=db dbname=x password=a@b"


def test_where_a_database_is_does_not_tell_who_may_use_it() -> None:
    url = parse_url("postgresql://bot:hunter2@db/x?password=hunter2&user=bot")
    assert shown(url) == "x at db, port 5432"


def test_a_url_that_names_several_hosts_is_refused_by_the_own_database() -> None:
    with pytest.raises(Refusal, match="not the URL of one database") as refusal:
        parse_url("postgresql://bot:hunter2@a:1,b:2/x")
    assert "b:2" not in str(refusal.value)
