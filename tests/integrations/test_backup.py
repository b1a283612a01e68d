"""`supabase.backup` with PostgreSQL's own programs: what it proves, and what it does not let pass."""

import asyncio
import hashlib
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from bot.backups.files import folder_of, is_whole
from bot.errors import Refusal
from bot.integrations.postgres.copy_rows import counts
from bot.integrations.statuspage.client import StatusCache
from bot.integrations.supabase.client import Supabase
from bot.kinds import KINDS
from bot.machine.clock import SystemClock
from bot.masking import Masker
from bot.runbook.load import bundled_path, load
from bot.runs.model import Run, RunState, StepRecord, StepState
from bot.runs.outcome import Context, Done
from bot.steps.databases import backup
from bot.steps.databases.backup import SupabaseBackup
from bot.tools import Tools, psql
from sandbox.neonpro.database.postgres import Postgres, programs

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RUNBOOK = load(bundled_path(), {}).runbook
SECRET = "s3cret-enough"


def step(**more: Any) -> SupabaseBackup:
    return SupabaseBackup.model_validate(
        {"id": "backup", "kind": "supabase.backup", "text": "Back up", "postgres": "DIRECT_URL", **more}
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Postgres(tmp_path_factory.mktemp("pg"))
    server.start()
    with psycopg.connect(server.dsn("postgres")) as connection:
        connection.execute("CREATE TABLE users (id int)")
        connection.execute('CREATE TABLE "Audit Log" (id int, "text" text)')
        connection.execute("CREATE TABLE nothing (id int)")
        connection.execute("INSERT INTO users SELECT generate_series(1, 5000)")
        connection.execute(
            "INSERT INTO \"Audit Log\" VALUES (1, E'COPY public.users (id) FROM stdin;\\n\\\\.\\nx'), (2, '')"
        )
    yield server.dsn("postgres")
    server.remove()


@pytest.fixture
def context(database: str, tmp_path: Path) -> Iterator[Context]:
    client = httpx.AsyncClient()
    environment = {"PATH": f"{programs()}:{os.environ['PATH']}", "DIRECT_URL": f"{database}?schema=public"}
    tools = Tools(client, SystemClock(), Masker(), StatusCache(client), environment=environment)
    run = Run(42, "deploy", KINDS["deploy"], RunState.ACTIVE, "", "Deploy", "U1", NOW)
    record = StepRecord(42, "backup", "migration", 0, StepState.STARTED, attempt=1)
    yield Context(run, record, RUNBOOK, RUNBOOK.procedure("deploy"), {}, tools, tmp_path)
    asyncio.run(client.aclose())


def with_programs(context: Context, folder: Path, **scripts: str) -> Context:
    """Programs of these names that are shell scripts, before all others on PATH."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    environment = context.tools.environment or {}
    changed = {**environment, "PATH": f"{folder}:{environment['PATH']}"}
    return replace(context, tools=replace(context.tools, environment=changed))


async def refused(found: SupabaseBackup, context: Context) -> str:
    with pytest.raises(Refusal) as caught:
        await backup.run(found, context)
    assert not folder_of(context.data_dir, "run-42-backup-1").exists(), "what proves nothing is not kept"
    return caught.value.sentence


async def test_a_backup_is_proven_by_reading_it_again(context: Context) -> None:
    outcome = await backup.run(step(tables=["users", "public.Audit Log"]), context)
    assert isinstance(outcome, Done)
    told, folder = outcome.detail["backup"], folder_of(context.data_dir, "run-42-backup-1")
    assert told["rows"] == {"public.users": 5000, "public.Audit Log": 2, "public.nothing": 0}
    assert told["size"] == (folder / "database.dump").stat().st_size
    assert told["sha256"] == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert "5002 rows in 3 tables" in outcome.found
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)  # noqa: ASYNC221
    assert checked.returncode == 0


async def test_nobody_else_can_read_it_and_no_password_is_in_it(context: Context) -> None:
    await backup.run(step(), context)
    folder = folder_of(context.data_dir, "run-42-backup-1")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {modes[name] for name in ("database.dump", "roles.sql", "SHA256SUMS")} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "PASSWORD" not in (folder / "roles.sql").read_text()


async def test_a_change_of_its_files_is_noticed(context: Context) -> None:
    outcome = await backup.run(step(), context)
    folder, sha256 = folder_of(context.data_dir, "run-42-backup-1"), outcome.detail["backup"]["sha256"]
    assert is_whole(folder, sha256)
    with (folder / "database.dump").open("r+b") as dump:
        dump.seek(200)
        dump.write(b"x")
    assert not is_whole(folder, sha256)
    (folder / "database.dump").unlink()
    assert not is_whole(folder, sha256)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"tables": ["users", "nothing", "missing"]}, "The backup holds no rows of public.nothing, public.missing."),
        ({"min_bytes": 50_000_000}, "and at least 50 MB are expected."),
        ({"max_age": "0s"}, "so it is already older than 0 s."),
    ],
)
async def test_a_dump_that_lacks_something_proves_nothing(context: Context, more: Any, sentence: str) -> None:
    assert sentence in await refused(step(**more), context)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo 'pg_dump: error: aborting because of server version mismatch\npg_dump: detail: server version: 18.4; "
         "pg_dump version: 15.1' >&2; exit 1",
         "pg_dump 15.1 is older than the database's PostgreSQL 18.4: install 18.4 or newer."),
        ("echo 'pg_dump: error: could not write to output file: No space left on device' >&2; exit 1",
         "The disk of the data directory is full, so that pg_dump could not write."),
        ("echo 'connection refused' >&2; exit 1", "pg_dump failed: connection refused"),
        ("exit 0", "pg_restore failed: pg_restore: error: input file is too short (read 0, expected 5)"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_one_sentence(context: Context, tmp_path: Path, script: str, sentence: str) -> None:
    assert await refused(step(), with_programs(context, tmp_path / "bin", pg_dump=script)) == sentence


async def test_a_dump_that_is_cut_short_is_found_out(context: Context, tmp_path: Path) -> None:
    cut = 'for word in "$@"; do case $word in --file=*) file=${word#--file=};; esac; done\n' \
          f'{programs()}/pg_dump "$@"\n' \
          "size=$(wc -c < $file); truncate -s $((size - 500)) $file"  # fmt: skip
    assert "pg_restore failed" in await refused(step(), with_programs(context, tmp_path / "bin", pg_dump=cut))


async def test_a_missing_program_is_named(context: Context, tmp_path: Path) -> None:
    tools = replace(context.tools, environment={**(context.tools.environment or {}), "PATH": str(tmp_path)})
    sentence = await refused(step(), replace(context, tools=tools))
    assert sentence == "pg_dumpall is not installed where NeonOps runs: put PostgreSQL's programs on its PATH."


async def test_a_database_that_does_not_answer_keeps_its_password(context: Context) -> None:
    url = f"postgresql://nobody:{SECRET}@127.0.0.1:1/none?connect_timeout=2"
    tools = replace(context.tools, environment={**(context.tools.environment or {}), "DIRECT_URL": url})
    sentence = await refused(step(), replace(context, tools=tools))
    assert "pg_dumpall failed" in sentence
    assert SECRET not in sentence + context.output_path().read_text()


def recovery(age: timedelta, *, on: bool = True) -> Callable[[httpx.Request], httpx.Response]:
    until = int((datetime.now(UTC) - age).timestamp())
    body = {"pitr_enabled": on, "physical_backup_data": {"latest_physical_backup_date_unix": until}}
    return lambda _: httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("age", "on", "accept", "kind"),
    [
        (timedelta(minutes=2), True, True, "pitr"),
        (timedelta(minutes=2), True, False, "dump"),
        (timedelta(hours=26), True, True, "dump"),
        (timedelta(minutes=2), False, True, "dump"),
    ],
)
async def test_fresh_recovery_counts_where_the_runbook_accepts_it(
    context: Context, age: timedelta, on: bool, accept: bool, kind: str
) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(recovery(age, on=on))) as client:
        supabase = Supabase(client, base_url="https://api.example.com", token="t", project_ref="p")
        found = replace(context, tools=replace(context.tools, clients={Supabase: supabase}))
        outcome = await backup.run(step(accept_pitr=accept), found)
    assert outcome.detail["backup"]["kind"] == kind


ODD = 'a\tb\nc "q" (x).y\r\u2028 ação'


async def test_tables_with_odd_names_are_found_and_counted(context: Context, database: str) -> None:
    name = f"public.{ODD}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {psql.quoted_table(name)} AS SELECT generate_series(1, 3)")
        try:
            assert name in await psql.tables(context.tools, "DIRECT_URL", ["public"])
            assert await psql.row_counts(context.tools, "DIRECT_URL", [name, "public.users"]) == {
                name: 3,
                "public.users": 5000,
            }
            outcome = await backup.run(step(), context)
        finally:
            connection.execute(f"DROP TABLE {psql.quoted_table(name)}")
    assert outcome.detail["backup"]["rows"][name] == 3


def test_rows_are_counted_as_they_are_copied() -> None:
    lines = b'COPY public.a (x) FROM stdin;\n1\n2\n\\.\n\n--\nCOPY "S p"."b" (x, "y z") FROM stdin;\n\\.\n'.splitlines(
        True
    )
    assert dict(counts(lines)) == {"public.a": 2, "S p.b": 0}
