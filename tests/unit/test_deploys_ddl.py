"""What of a migration older code may not survive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deploys.schema.ddl import changes
from bot.deploys.schema.drift import _changes
from bot.masking import Masker


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ('DROP TABLE "users";', ["drop"]),
        ("drop type if exists status", ["drop"]),
        ("DROP INDEX users_email_key", []),
        ('ALTER TABLE "t" DROP COLUMN "status"', ["drop"]),
        ("ALTER TABLE t DROP CONSTRAINT t_pkey", []),
        ('ALTER TABLE "t" ALTER COLUMN "x" DROP NOT NULL', []),
        ('ALTER TABLE "t" ALTER COLUMN "x" DROP DEFAULT', ["drop"]),
        ('ALTER TABLE "t" ALTER COLUMN "x" SET NOT NULL', ["not_null"]),
        ('ALTER TABLE "s"."t" ALTER COLUMN "x" SET DATA TYPE INTEGER USING x::int', ["alter_type"]),
        ("ALTER TABLE IF EXISTS ONLY t ALTER x TYPE numeric(10, 2), DROP y, ADD z int", ["alter_type", "drop"]),
        ('ALTER TABLE "t" RENAME COLUMN "a" TO "b"', ["rename"]),
        ('ALTER TABLE "t" RENAME TO "u"', ["rename"]),
        ('ALTER TABLE "t" RENAME CONSTRAINT "a" TO "b"', []),
        ("ALTER INDEX a RENAME TO b", []),
        ("ALTER TABLE t SET SCHEMA other", ["rename"]),
        ("ALTER TYPE \"S\" ADD VALUE 'new'", ["alter_type"]),
        ("ALTER TYPE \"S\" RENAME VALUE 'a' TO 'b'", ["rename"]),
        ('ALTER TABLE "t" ADD COLUMN "x" TEXT NOT NULL', ["not_null"]),
        ('ALTER TABLE "t" ADD COLUMN "x" TEXT NOT NULL DEFAULT \'a\'', []),
        ("ALTER TABLE t ADD COLUMN id BIGSERIAL NOT NULL", []),
        ('ALTER TABLE "t" ADD COLUMN "x" TEXT', []),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (x IS NOT NULL)", []),
        ('CREATE TABLE "t" ("id" TEXT NOT NULL)', []),
        ("CREATE UNIQUE INDEX a ON t(x)", []),
        ("UPDATE t SET x = 1", ["data"]),
        ("WITH gone AS (DELETE FROM t RETURNING *) SELECT 1", ["data"]),
        ("WITH a AS (SELECT 1) SELECT * FROM a", []),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$", ["code"]),
        ("", []),
    ],
)
def test_what_is_dangerous(sql: str, kinds: list[str]) -> None:
    assert [change.kind for change in changes(sql)] == kinds


@pytest.mark.parametrize(
    "sql",
    [
        "-- DROP TABLE a\nSELECT 1",
        "/* DROP TABLE a; /* and */ DROP TABLE b; */ SELECT 1",
        "INSERT INTO t VALUES ('; DROP TABLE a;')",
        r"INSERT INTO t VALUES (E'it\'s; DROP TABLE a;')",
        "INSERT INTO t VALUES ('it''s; DROP TABLE a;')",
        "CREATE FUNCTION f() RETURNS void AS $body$ DROP TABLE a; $body$ LANGUAGE sql",
        'ALTER TABLE "; DROP TABLE a" ADD COLUMN "DROP" TEXT',
        "/* never ends; DROP TABLE a;",
    ],
)
def test_words_that_are_no_keywords_are_not_taken_for_any(sql: str) -> None:
    assert changes(sql) == ()


@pytest.mark.parametrize(
    "sql",
    [
        r"INSERT INTO t VALUES ('C:\'); DROP TABLE a; SELECT 'x'",
        "SELECT $$;$$; DROP TABLE a",
        "; ;DROP TABLE a;",
        "SELECT $é$ ' $é$; DROP TABLE a; SELECT ''",
        "-- a carriage return ends a comment\rDROP TABLE a",
    ],
)
def test_what_stands_after_a_string_or_a_comment_is_seen(sql: str) -> None:
    assert [change.sql for change in changes(sql)] == ["DROP TABLE a"]


def test_a_change_names_its_table_and_its_column() -> None:
    sql = 'ALTER TABLE "app"."appointments"\n  ADD COLUMN "a" INT,\n  DROP COLUMN "status"; -- why'
    assert [change.sql for change in changes(sql)] == ['ALTER TABLE "app"."appointments" DROP COLUMN "status"']


@given(st.text(alphabet="DROPTABLEalter 'eE$\"-/*;(),.\\\n1", max_size=80))
def test_any_text_is_read_to_its_end(text: str) -> None:
    found = [change.sql for change in changes(text + "*/\n'\"; DROP TABLE x; --'")]
    assert all(found)


HIDING = [
    "/*\nDB_PASSWORD: */ DROP TABLE patients;\n/* x */",
    "-- '-----BEGIN PRIVATE KEY-----\nDROP TABLE patients;\n-- -----END PRIVATE KEY-----'",
    "SELECT 'https://a:b'; DROP TABLE patients; --@",
]


@pytest.mark.parametrize("sql", HIDING)
def test_what_looks_like_a_secret_hides_no_danger(sql: str) -> None:
    assert ("drop", "DROP TABLE patients") in [tuple(each.values()) for each in _changes(sql.encode(), "", Masker())]


def test_the_sql_that_is_shown_is_masked() -> None:
    found = _changes(b"UPDATE t SET token = 'sbp_0123456789abcdef' WHERE x = 1", "", Masker())
    assert found[0] == {"kind": "data", "sql": "UPDATE t SET token = ••• WHERE x = 1"}
