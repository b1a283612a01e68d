"""What only reads makes nothing: in the wrong directory it says so, and leaves the directory as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from storage.migrate import upgrade

READING = ["timeline verify", "timeline export", "timeline export --incident 1", "deploys export", "db backup"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEONOPS_DATABASE_URL", raising=False)
    return tmp_path


def typed(command: str) -> Result:
    return CliRunner().invoke(cli, command.split())


@pytest.mark.parametrize("command", READING)
def test_a_database_that_is_not_there_is_said_and_not_made(folder: Path, command: str) -> None:
    said = typed(command)
    assert (said.exit_code, said.stdout) == (1, "")
    assert f"There is no database at {folder}/data/neonops.db" in said.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", READING[:4])
@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"not a database" * 99, "file is not a database")])
def test_what_is_no_database_is_said_and_left_as_it_is(folder: Path, command: str, content: bytes, words: str) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "neonops.db").write_bytes(content)
    said = typed(command)
    assert (said.exit_code, said.stdout) == (1, "")
    assert words in said.stderr
    assert [each.read_bytes() for each in (folder / "data").iterdir()] == [content]


@pytest.mark.parametrize("command", READING[:4])
def test_an_older_schema_is_said_and_not_brought_up_to_date(folder: Path, command: str) -> None:
    (folder / "data").mkdir()
    with closing(sqlite3.connect(folder / "data" / "neonops.db")) as file:
        file.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0001')"
        )
    said = typed(command)
    assert (said.exit_code, "has schema 0001" in said.stderr, "`neonops db upgrade` first" in said.stderr) == (
        1,
        True,
        True,
    )
    assert [each.name for each in (folder / "data").iterdir()] == ["neonops.db"]


def test_an_upgrade_says_when_it_made_a_database(folder: Path) -> None:
    first, second = typed("db upgrade"), typed("db upgrade")
    assert f"No database found: created {folder}/data/neonops.db." in first.stdout
    assert second.stdout == "The database is up to date.\n"


@pytest.mark.parametrize("name", ["a%20b", "a?b", "a#b", "a b é 日", "a%d", "file:x", "a&b=c"])
def test_a_data_directory_may_have_any_name(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEONOPS_DATA_DIR", str(folder / name))
    assert typed("db upgrade").exit_code == 0
    assert [typed(command).exit_code for command in ("timeline verify", "deploys export", "db backup")] == [0, 0, 0]
    assert {each.suffix for each in (folder / name).iterdir()} >= {".db", ".bak"}
    assert [each.name for each in folder.iterdir()] == [name]


def test_a_copy_that_fails_leaves_nothing(folder: Path) -> None:
    upgrade(f"sqlite:///{folder}/data/neonops.db")
    said = typed(f"db backup {folder}/nowhere/copy.db")
    assert (said.exit_code, "The copy cannot be made: No such file or directory." in said.stderr) == (1, True)
