"""Migrations: a fresh database, an old one with its backup copy, a newer one that is refused."""

import functools
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel
from storage_world import NOON, Opened, a_run, an_incident, copied, raw

import bot
import storage
from bot.errors import Refusal
from bot.runs.inputs import Inputs, Stop, Then
from bot.runs.model import Card, Gate, GateKind
from storage.database import open_engines
from storage.migrate import back_up, upgrade

HEAD = ScriptDirectory(str(Path(storage.__file__).parent / "migrations")).get_current_head()
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "next", "{head}"


def upgrade():
    op.add_column("run", sa.Column("mood", sa.String(), nullable=True))
    {more}
"""


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own: its schema may be changed."""
    if kind == "sqlite":
        (tmp_path / "bot.db").write_bytes(request.getfixturevalue("newest_file"))
        yield f"sqlite:///{tmp_path / 'bot.db'}"
        return
    with copied(request.getfixturevalue("server"), request.getfixturevalue("template")) as url:
        yield url


def test_a_fresh_database_gets_the_newest_schema_without_a_copy(empty_url: str) -> None:
    assert upgrade(empty_url) is None
    assert raw(empty_url, "SELECT seq FROM chain_head") == [(0,)]


def test_an_upgrade_of_the_newest_schema_does_nothing(opened: Opened, tmp_path: Path) -> None:
    assert upgrade(opened.url) is None
    assert upgrade(opened.url) is None
    assert [run.title for run in opened.read(lambda tx: tx.runs.find())] == ["First", "Second"]
    assert list(tmp_path.glob("*.bak")) == []


def test_the_schema_is_that_of_the_models(url: str) -> None:
    writer, reader = open_engines(url)
    with writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    writer.dispose()
    reader.dispose()
    assert differences == []


def test_a_newer_database_is_refused_with_what_to_do(opened: Opened) -> None:
    opened.sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal, match=r"schema 9999, which is newer than this NeonOps knows\. Start the newer NeonOps"):
        upgrade(opened.url)
    assert opened.sql("SELECT version_num FROM alembic_version") == [("9999",)]


@pytest.mark.parametrize(
    "url",
    ["postgresql://bot:hunter2@127.0.0.1:1/neonops", "sqlite:////proc/nothing.db"],
)
def test_a_database_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    with pytest.raises(Refusal, match="does not answer") as refusal:
        upgrade(url)
    assert "hunter2" not in refusal.value.sentence
    assert "\n" not in refusal.value.sentence


def next_version(folder: Path, more: str = "") -> Path:
    """A program that knows one migration more than this one."""
    shutil.copytree(Path(storage.__file__).parent, folder / "storage")
    (folder / "bot").symlink_to(Path(bot.__file__).parent)
    versions = folder / "storage" / "migrations" / "versions"
    (versions / "next.py").write_text(NEXT.format(head=HEAD, more=more))
    return folder


def upgraded_by(program: Path, url: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from storage.migrate import upgrade; print(upgrade(sys.argv[1]))"
    return subprocess.run([sys.executable, "-c", code, url], cwd=program, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_old_sqlite_file_is_copied_before_it_is_upgraded(opened: Opened, tmp_path: Path) -> None:
    done = upgraded_by(next_version(tmp_path / "next"), opened.url)
    copy = Path(done.stdout.strip())
    assert copy.parent == tmp_path
    assert opened.sql("SELECT title, mood FROM run") == [("First", None), ("Second", None)]
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert kept.execute("SELECT title FROM run").fetchall() == [("First",), ("Second",)]
    with pytest.raises(Refusal, match="schema next, which is newer"):
        upgrade(opened.url)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_an_old_postgresql_is_upgraded_in_place(opened: Opened, tmp_path: Path) -> None:
    done = upgraded_by(next_version(tmp_path / "next"), opened.url)
    assert done.stdout == "None\n"
    assert opened.sql("SELECT title, mood FROM run ORDER BY id") == [("First", None), ("Second", None)]


def test_a_migration_that_fails_changes_nothing(opened: Opened, tmp_path: Path) -> None:
    program = next_version(tmp_path / "next", 'op.execute("SELECT * FROM nothing_of_that_name")')
    assert upgraded_by(program, opened.url).returncode == 1
    assert opened.sql("SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert [run.title for run in opened.read(lambda tx: tx.runs.find())] == ["First", "Second"]


def test_two_that_start_at_once_lay_one_schema(empty_url: str) -> None:
    code = "import sys; from storage.migrate import upgrade; input(); upgrade(sys.argv[1])"
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    starts = [subprocess.Popen([sys.executable, "-c", code, empty_url], **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for start in starts:
        start.stdin.write("\n")
        start.stdin.flush()
    assert [(start.communicate(timeout=60)[1], start.returncode) for start in starts] == [("", 0), ("", 0)]
    assert raw(empty_url, "SELECT version_num FROM alembic_version") == [(HEAD,)]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_copy_is_whole_while_the_bot_writes(opened: Opened, tmp_path: Path) -> None:
    writer, reader = open_engines(opened.url)
    assert back_up(writer, tmp_path / "copy.db") == str(tmp_path / "copy.db")
    writer.dispose()
    reader.dispose()
    assert raw(f"sqlite:///{tmp_path / 'copy.db'}", "SELECT title FROM run ORDER BY id") == [("First",), ("Second",)]
    assert raw(f"sqlite:///{tmp_path / 'copy.db'}", "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("kind", ["postgresql"])
def test_postgresql_is_not_copied_by_us(opened: Opened) -> None:
    writer, reader = open_engines(opened.url)
    assert back_up(writer) is None
    writer.dispose()
    reader.dispose()


def test_a_data_directory_is_made_when_it_is_not_there(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/a/b/bot.db")
    assert (tmp_path / "a" / "b" / "bot.db").exists()


def _columns(url: str) -> dict[str, dict[str, str]]:
    writer, reader = open_engines(url)
    with writer.connect() as connection:
        found = inspect(connection)
        names = found.get_table_names()
        columns = {name: {each["name"]: str(each["type"]) for each in found.get_columns(name)} for name in names}
    writer.dispose()
    reader.dispose()
    return columns


@functools.cache
def _columns_at(version: str) -> dict[str, dict[str, str]]:
    """Table -> column -> type, of this schema."""
    with tempfile.TemporaryDirectory() as folder:
        writer, reader = open_engines(url := f"sqlite:///{folder}/older.db")
        with writer.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, version)
        writer.dispose()
        reader.dispose()
        return _columns(url)


def older(opened: Opened, version: str) -> None:
    """Make the database one that a program with this schema left: its tables and columns, and no later ones."""
    present, wanted = _columns(opened.url), _columns_at(version)
    for table in present.keys() - wanted.keys():
        raw(opened.url, f"DROP TABLE {table}" + (" CASCADE" if opened.url.startswith("postgresql") else ""))
    for table, columns in wanted.items():
        for name in present[table].keys() - columns.keys():
            raw(opened.url, f"ALTER TABLE {table} DROP COLUMN {name}")
        for name in columns.keys() - present[table].keys():
            kind = columns[name].replace("DATETIME", "TIMESTAMP")  # PostgreSQL's word
            raw(opened.url, f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    raw(opened.url, f"UPDATE alembic_version SET version_num = '{version}'")


CANCELLED = {"by": "U1", "at": "2026-11-23T12:00:00+00:00"}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"ref": "main", "cancel": CANCELLED}, Inputs(ref="main", stop=Stop(**CANCELLED))),
        (
            {"cancel": CANCELLED, "then": {"by": "U2", "rollback": 7}},
            Inputs(stop=Stop(**CANCELLED, then=Then("U2", 7))),
        ),
        ({"ref": "main"}, Inputs(ref="main")),
    ],
    ids=["cancelled", "aborted and rolled back", "left alone"],
)
def test_a_run_that_is_being_stopped_goes_on_being_stopped(
    opened: Opened, before: dict[str, Any], expected: Inputs
) -> None:
    run = opened.write(lambda tx: tx.runs.add(a_run()))
    raw(opened.url, f"UPDATE run SET inputs = '{json.dumps(before)}' WHERE id = {run.id}")
    older(opened, "0009")
    upgrade(opened.url)
    found = opened.read(lambda tx: tx.runs.get(run.id))
    assert found
    assert found.inputs.written() == expected.written()


def test_a_timer_of_a_run_is_still_that_runs_when_it_may_be_of_none(opened: Opened) -> None:
    before = opened.write(lambda tx: tx.timers.set("phase", "a", NOON, 1, n=1))
    if opened.url.startswith("postgresql"):
        raw(opened.url, "ALTER TABLE timer ALTER COLUMN run_id SET NOT NULL")
    older(opened, "0008")
    upgrade(opened.url)
    assert opened.read(lambda tx: tx.timers.get(before.id)) == before
    assert opened.write(lambda tx: tx.timers.set("window", "sunday", NOON, None)).run_id is None


def test_what_is_to_be_decided_is_kept_when_decisions_lose_their_deadline(opened: Opened) -> None:
    before = opened.write(lambda tx: tx.gates.add(Gate(0, 1, GateKind.FAILED, NOON, step_id="build")))
    older(opened, "0010")
    upgrade(opened.url)
    assert opened.read(lambda tx: tx.gates.get(before.id)) == before


def test_of_several_cards_of_an_incident_the_first_goes_on(opened: Opened) -> None:
    incident = opened.write(lambda tx: tx.incidents.add(an_incident(tx.runs.add(a_run()).id)))
    other = opened.write(lambda tx: tx.runs.add(a_run()))
    pages = [(incident.run_id, "main/first"), (incident.run_id, "main/second"), (other.id, "main/first")]
    opened.write(lambda tx: [tx.cards.add(Card(0, run, page, f"{run}{page}", "C1")) for run, page in pages])
    older(opened, "0019")
    upgrade(opened.url)
    cards = opened.read(lambda tx: tx.cards.find(order="id"))
    assert [(card.page, card.state) for card in cards] == [
        ("main", "live"), ("main/second", "retired"), ("main/first", "live"),
    ]  # fmt: skip
