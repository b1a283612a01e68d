"""`prisma`, as `bunx prisma …` and `bun run prisma …` start it: migrations are really applied, on DATABASE_URL."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from sandbox.neonpro.database import applying, migrations
from sandbox.neonpro.database.migrations import Migration
from sandbox.neonpro.tools.stage import Failed, play, say, setting, state

VERSION = "7.10.1"
LOCK_SECONDS = 10
Connection = psycopg.Connection[Any]


def bunx(words: list[str]) -> int:
    plain = [one for one in words if one != "--bun"]
    if plain[:1] != ["prisma"]:
        raise Failed(f'error: could not determine executable to run for package "{" ".join(plain[:1])}"')
    return run(plain[1:])


def run(words: list[str]) -> int:
    match words:
        case ["--version" | "-v" | "version", *_]:
            say(f"prisma               : {VERSION}\n@prisma/client       : {VERSION}")
        case ["generate", *_]:
            play(["Prisma schema loaded from prisma/schema.prisma.", "", f"✔ Generated Prisma Client ({VERSION})"], 0.8)
        case ["validate", *_]:
            play(["The schema at prisma/schema.prisma is valid 🚀"], 0.3)
        case ["migrate", "deploy", *_]:
            return _deploy()
        case ["migrate", "status", *_]:
            return _status()
        case ["migrate", "diff", *rest]:
            return _diff(rest)
        case ["migrate", "resolve", how, name] if how in ("--applied", "--rolled-back"):
            return _resolve(how, name)
        case ["db", "execute", *rest]:
            return _execute(rest)
        case _:
            raise Failed(f"! Unknown command {' '.join(words[:2])!r}\n\nRun prisma --help for the commands there are.")
    return 0


def _folder() -> Path:
    for here in (Path.cwd(), *Path.cwd().parents):
        for folder in (here / "prisma" / "migrations", here / migrations.FOLDER):
            if folder.is_dir():
                return folder
    raise Failed("Error: Could not find Prisma Schema that is required for this command.")


@contextmanager
def _connected() -> Iterator[Connection]:
    dsn = setting("DIRECT_URL") or setting("DATABASE_URL")
    if not dsn:
        raise Failed("Error: Prisma schema validation\nerror: Environment variable not found: DATABASE_URL. (P1012)")
    try:
        connection = psycopg.connect(dsn, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Failed("Error: P1001: Can't reach database server") from error
    with connection:
        place = f'{connection.info.dbname}", schema "public" at "{connection.info.host}:{connection.info.port}'
        say(f'Datasource "db": PostgreSQL database "{place}"\n')
        yield connection


def _compared(connection: Connection) -> tuple[list[Migration], list[Migration], list[str]]:
    """All migrations of the folder, those not applied, and the names of those that failed."""
    found, known = migrations.in_folder(_folder()), applying.recorded(connection)
    say(f"{len(found)} migrations found in prisma/migrations\n")
    failed = [name for name, finished in known.items() if not finished]
    return found, [one for one in found if one.name not in known], failed


def _deploy() -> int:
    with _connected() as connection:
        _lock(connection)
        _, pending, failed = _compared(connection)
        if failed:
            raise Failed(_P3009.format(name=failed[0]))
        if not pending:
            say("\nNo pending migrations to apply.")
        for one in pending:
            _apply(connection, one)
        if pending:
            say("\nAll migrations have been successfully applied.")
    return 0


def _lock(connection: Connection) -> None:
    try:
        connection.execute(f"set lock_timeout = '{LOCK_SECONDS}s'".encode())
        connection.execute("select pg_advisory_lock(%s)", (applying.LOCK,))
        connection.commit()
    except psycopg.errors.LockNotAvailable as error:
        raise Failed(
            "Error: P1002\n\nThe database server was reached but timed out.\nContext: Timed out trying to acquire a "
            f"postgres advisory lock (SELECT pg_advisory_lock({applying.LOCK})). Elapsed: {LOCK_SECONDS}000ms."
        ) from error


def _apply(connection: Connection, one: Migration) -> None:
    play([f"Applying migration `{one.name}`"], 1.0)
    broken = Migration(one.name, one.sql + "\nSELECT 1 / 0;") if state("migration_fails") else one
    try:
        applying.apply(connection, broken)
    except psycopg.Error as error:
        raise Failed(
            f"Error: P3018\n\nA migration failed to apply. New migrations cannot be applied before the error is "
            f"recovered from.\n\nMigration name: {one.name}\n\nDatabase error:\nERROR: {error}"
        ) from error


def _status() -> int:
    with _connected() as connection:
        _, pending, failed = _compared(connection)
    if failed:
        raise Failed("Following migration have failed:\n" + "\n".join(failed))
    if pending:
        names = "\n".join(one.name for one in pending)
        raise Failed(
            f"Following migration have not yet been applied:\n{names}\n\nTo apply migrations in production "
            "run prisma migrate deploy."
        )
    say("Database schema is up to date!")
    return 0


def _diff(rest: list[str]) -> int:
    """With --exit-code: 0 when nothing is pending, 2 when something is."""
    with _connected() as connection:
        _, pending, _ = _compared(connection)
    say("\n".join(one.sql for one in pending) if pending else "-- This is an empty migration.")
    return 2 if pending and "--exit-code" in rest else 0


def _resolve(how: str, name: str) -> int:
    with _connected() as connection:
        if applying.recorded(connection).get(name) is not False:
            raise Failed(f"Error: P3012\n\nMigration `{name}` cannot be resolved because it is not in a failed state.")
        column = "rolled_back_at" if how == "--rolled-back" else "finished_at"
        query = f"update _prisma_migrations set {column} = now() where migration_name = %s and finished_at is null"
        connection.execute(query.encode(), (name,))
    play([f"Migration {name} marked as {how.removeprefix('--').replace('-', ' ')}."], 0.3)
    return 0


def _execute(rest: list[str]) -> int:
    """Says only whether it worked, as Prisma does: no rows are shown."""
    if "--stdin" in rest:
        script = sys.stdin.read()
    elif "--file" in rest and rest[-1] != "--file":
        script = Path(rest[rest.index("--file") + 1]).read_text()
    else:
        raise Failed("Either --stdin or --file must be provided. See `prisma db execute -h`")
    with _connected() as connection:
        try:
            connection.execute(script.encode())
        except psycopg.Error as error:
            raise Failed(f"Error: P1010\n\n{error}") from error
    say("Script executed successfully.")
    return 0


_P3009 = (
    "Error: P3009\n\nmigrate found failed migrations in the target database, new migrations will not be applied.\n"
    "The `{name}` migration failed"
)
