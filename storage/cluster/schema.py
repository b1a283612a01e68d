"""Procrastinate's tables, in a schema of their own. They hold nothing that could not be asked for again."""

import hashlib

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.errors import Refusal
from bot.text import say
from storage.cluster.jobs import SCHEMA
from storage.database import WRITER_LOCK, open_engines

_FUNCTIONS = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)"


def lay_queue(url: str) -> None:
    """Make the tables from the command line, as each replica does when it starts; a Refusal when that cannot be."""
    writer, reader = open_engines(url)
    try:
        with writer.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            lay(connection)
    except DBAPIError as error:
        raise refusal(error) from error
    finally:
        writer.dispose()
        reader.dispose()


def refusal(error: DBAPIError) -> Refusal:
    """Why the tables cannot be made, in a sentence."""
    why = str(error.orig).strip().splitlines()[0]
    return Refusal(say("The tables of the replicas' queue cannot be made: {why}.", why=why))


def lay(connection: Connection) -> bool:
    """Make the tables of this Procrastinate; those of another version are replaced. Whether anything was done."""
    wanted = _version()
    if _laid(connection) == wanted:
        return False
    connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
    # Without parameters psycopg sends many statements at once, and per cent signs mean themselves.
    cursor = connection.connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    cursor.close()
    for function in connection.execute(text(_FUNCTIONS), {"schema": SCHEMA}).scalars().all():
        # The triggers name their tables without a schema, and run in transactions that have another search path.
        connection.exec_driver_sql(f"ALTER FUNCTION {function} SET search_path = {SCHEMA}")
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'")
    return True


def _version() -> str:
    return "procrastinate " + hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:16]


def _laid(connection: Connection) -> str | None:
    comment: str | None = connection.execute(
        text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :schema"),
        {"schema": SCHEMA},
    ).scalar()
    return comment
