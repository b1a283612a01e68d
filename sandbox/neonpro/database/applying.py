"""Prisma's migrations as `prisma migrate deploy` applies and records them in `_prisma_migrations`."""

import uuid
from typing import Any

import psycopg

from sandbox.neonpro.database.migrations import Migration

LOCK = 72707369  # Prisma's advisory lock

TABLE = """
create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0
)
"""


def recorded(connection: psycopg.Connection[Any]) -> dict[str, bool]:
    """Names of the migrations that the database knows of; False for one that failed and was not resolved."""
    if connection.execute("select to_regclass('public._prisma_migrations')").fetchone() == (None,):
        return {}
    rows = connection.execute(
        "select migration_name, finished_at is not null from _prisma_migrations where rolled_back_at is null"
    )
    return {name: bool(finished) for name, finished in rows.fetchall()}


def apply(connection: psycopg.Connection[Any], migration: Migration) -> None:
    """Run one migration and record it; a failure is recorded with its log and raised as psycopg.Error."""
    connection.execute(TABLE)
    key = str(uuid.uuid4())
    connection.execute(
        "insert into _prisma_migrations (id, checksum, migration_name) values (%s, %s, %s)",
        (key, migration.checksum, migration.name),
    )
    connection.commit()
    try:
        connection.execute(migration.sql.encode())
    except psycopg.Error as error:
        connection.rollback()
        connection.execute("update _prisma_migrations set logs = %s where id = %s", (str(error), key))
        connection.commit()
        raise
    connection.execute(
        "update _prisma_migrations set finished_at = now(), applied_steps_count = 1 where id = %s", (key,)
    )
    connection.commit()
