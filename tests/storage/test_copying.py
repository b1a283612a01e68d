"""`neonops db copy`: SQLite to PostgreSQL, whole or not at all."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from storage_world import NOON, Opened, Ticking, a_run, a_step, an_incident, copied, emptied, fill, raw
from typer.testing import CliRunner

from bot.cli import cli
from bot.errors import Refusal
from bot.people import ROBOT
from bot.ports import Tx
from sandbox.neonpro.database.postgres import Postgres
from storage.copying import copy
from storage.database import SqlDatabase

ODD = "Ünïcode 🚨 'quoted' %s {braces}"


@pytest.fixture
def source(tmp_path: Path, newest_file: bytes) -> str:
    """An SQLite database in which something has happened."""
    (tmp_path / "bot.db").write_bytes(newest_file)
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    opened = Opened(url, Ticking(NOON))
    opened.write(fill)
    opened.write(_happen)
    opened.close()
    return url


def _happen(tx: Tx) -> None:
    tx.steps.add_all([a_step(), replace(a_step(step_id="go", position=1), detail={"n": [1.5, None, ODD]}, found=ODD)])
    tx.runs.add(replace(a_run(ODD), parent_run=1))
    tx.incidents.add(an_incident())
    tx.timers.set("response", "p1", NOON, 1, said=ODD)
    tx.effects.plan("post", "run:1:say", {"text": ODD}, run_id=1)
    tx.claims.claim("Ev1")
    for number in range(2500):
        tx.timeline.record("note.added", ROBOT, 1, text=f"{ODD} {number}", share=number / 7)


@pytest.fixture
def target(reused: str) -> Iterator[str]:
    yield emptied(reused)
    emptied(reused)


def test_everything_is_copied_and_the_timeline_proved(source: str, target: str) -> None:
    done = copy(source, target)
    assert (done.rows["run"], done.rows["step"], done.rows["event"], done.events) == (3, 2, 2500, 2500)
    old, new = (Opened(url, Ticking(NOON)) for url in (source, target))
    for question in (
        lambda tx: tx.runs.find(),
        lambda tx: tx.steps.find(),
        lambda tx: tx.effects.find(),
        lambda tx: tx.timers.find(),
        lambda tx: tx.incidents.find(),
        lambda tx: tx.timeline.head(),
        lambda tx: tx.timeline.after(2490, 100),
    ):
        assert old.read(question) == new.read(question)
    assert new.faults() == []
    old.close()
    new.close()


def test_the_copy_is_worked_on_with_the_next_ids(source: str, target: str) -> None:
    copy(source, target)
    new = Opened(target, Ticking(NOON))
    assert new.write(lambda tx: tx.runs.add(a_run()).id) == 4
    assert new.write(lambda tx: tx.effects.plan("post", "t", {}).seq) == 2
    new.write(lambda tx: tx.timeline.record("note.added", ROBOT, 1, text="after"))
    assert new.faults() == []
    new.close()


def test_a_target_that_is_not_empty_is_refused(source: str, target: str) -> None:
    copy(source, target)
    with pytest.raises(Refusal, match=r"is not empty: it has rows in ") as refused:
        copy(source, target)
    assert target.split(":")[2].split("@")[0] not in refused.value.sentence


def test_a_bot_that_runs_is_not_copied(source: str, target: str) -> None:
    running = SqlDatabase(source, Ticking(NOON), str)
    asyncio.run(running.read(lambda tx: tx.runs.find()))
    with pytest.raises(Refusal, match="is in use: stop NeonOps first"):
        copy(source, target)
    running.close()


def test_another_schema_is_refused(source: str, target: str) -> None:
    raw(source, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(Refusal, match="has schema 0000"):
        copy(source, target)


def test_a_damaged_timeline_is_not_copied(source: str, target: str) -> None:
    with closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as file:
        file.executescript("DROP TRIGGER event_no_update; UPDATE event SET actor_name = 'Mallory' WHERE seq = 7")
    with pytest.raises(Refusal, match="timeline is not that of the source"):
        copy(source, target)
    assert raw(target, "SELECT count(*) FROM run") == [(0,)]


def test_a_text_that_postgresql_does_not_take_is_named(source: str, target: str) -> None:
    with closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as file, file:
        file.execute("UPDATE run SET title = 'a' || char(0) || 'b' WHERE id = 1")
    with pytest.raises(Refusal, match="does not take a row of run"):
        copy(source, target)


def test_nobody_answers_is_said_without_the_password(source: str) -> None:
    with pytest.raises(Refusal) as refused:
        copy(source, "postgresql://neon:hunter2secret@127.0.0.1:1/neonops")
    assert "hunter2secret" not in refused.value.sentence


def test_the_command_says_what_it_did(
    source: str, server: Postgres, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEONOPS_DATABASE_URL", source)
    with copied(server, template) as target:
        said = CliRunner().invoke(cli, ["db", "copy", target])
    assert (said.exit_code, "2500 events" in said.output) == (0, True), said.output
