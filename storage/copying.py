"""Copies an SQLite database to PostgreSQL, whole or not at all: counted, and its timeline proved, before the commit."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import SQLModel

from bot.errors import Refusal
from bot.machine.clock import SystemClock
from bot.text import say
from bot.timeline import Verifier
from storage.database import WRITER_LOCK, open_engines, parse_url, shown
from storage.migrate import newest, upgrade
from storage.rows import Scope
from storage.statements import table_of
from storage.tables.core.timeline import ChainHeadRow, TimelineRows

AT_ONCE = 1000
"""Rows that are read and written at once."""
BEFORE_ALL = -(2**31)
HEAD = table_of(ChainHeadRow)


@dataclass(frozen=True)
class Copied:
    """What was copied: rows of each table, and where the timeline ends."""

    rows: dict[str, int]
    events: int
    head: str


def copy(source: str, target: str) -> Copied:
    """Copy everything; the target must be empty.

    Raises:
        Refusal: one sentence about what is in the way; then the target has no row of the source.
    """
    path, to = _source_path(source), parse_url(target)
    if to.get_backend_name() == "sqlite":
        raise Refusal(say("The target has to be a PostgreSQL database: postgresql://…"))
    place = shown(to)
    with _alone(path) as old:
        _check_schema(old)
        upgrade(target)
        writer, reader = open_engines(target)
        try:
            with writer.begin() as new:
                return _copy_all(old, new, place)
        except OperationalError as error:
            where = path if isinstance(error.orig, sqlite3.Error) else place
            raise Refusal(say("{where} does not answer: {why}.", where=where, why=_why(error))) from error
        finally:
            writer.dispose()
            reader.dispose()


def _source_path(source: str) -> Path:
    parsed = parse_url(source)
    if parsed.get_backend_name() != "sqlite":
        raise Refusal(say("The configured database is not SQLite; copy PostgreSQL with pg_dump."))
    path = Path(parsed.database or "")
    if not path.is_file():
        raise Refusal(say("There is no database at {path}.", path=path))
    return path


@contextmanager
def _alone(path: Path) -> Iterator[Connection]:
    """The source, with nobody else in it: a bot that runs has it open all the time."""
    raw = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
    engine: Engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    try:
        raw.execute("PRAGMA locking_mode=EXCLUSIVE")
        raw.execute("BEGIN EXCLUSIVE")
        with engine.connect() as connection:
            yield connection
    except sqlite3.OperationalError as error:
        sentence = say("{path} is in use: stop NeonOps first, then copy ({why}).", path=path, why=str(error))
        raise Refusal(sentence) from error
    finally:
        engine.dispose()
        raw.close()


def _check_schema(old: Connection) -> None:
    current, head = MigrationContext.configure(old).get_current_revision(), newest()
    if current != head:
        sentence = say(
            "The database has schema {current}, this NeonOps {head}: run `neonops db upgrade` with the newest NeonOps, "
            "then copy.",
            current=current or say("none"),
            head=head,
        )
        raise Refusal(sentence)


def _copy_all(old: Connection, new: Connection, place: str) -> Copied:
    new.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
    new.execute(text("SET LOCAL statement_timeout = 0"))
    if used := [table.name for table in SQLModel.metadata.sorted_tables if table is not HEAD and _count(new, table)]:
        raise Refusal(say("{target} is not empty: it has rows in {table}.", target=place, table=used[0]))
    new.execute(HEAD.delete())
    rows = {table.name: _copy_table(old, new, table) for table in SQLModel.metadata.sorted_tables}
    return Copied(rows, *_proved(old, new))


def _copy_table(old: Connection, new: Connection, table: Table) -> int:
    reading = old.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
    for part in reading.mappings().partitions(AT_ONCE):
        try:
            new.execute(insert(table), [dict(row) for row in part])
        except DBAPIError as error:
            if isinstance(error, OperationalError):
                raise
            raise Refusal(
                say("PostgreSQL does not take a row of {table}: {why}.", table=table.name, why=_why(error))
            ) from error
    _set_sequence(new, table)
    before, after = _count(old, table), _count(new, table)
    if before != after:
        raise Refusal(say("{table} has {before} rows, its copy {after}: nothing was kept.", table=table.name,
                          before=before, after=after))  # fmt: skip
    return after


def _set_sequence(new: Connection, table: Table) -> None:
    """The next id follows the last one."""
    key: Any = next(iter(table.primary_key.columns))
    sequence = select(func.pg_get_serial_sequence(f'"{table.name}"', key.name))
    if (name := new.execute(sequence).scalar()) and (last := new.execute(select(func.max(key))).scalar()):
        new.execute(select(func.setval(name, last)))


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _proved(old: Connection, new: Connection) -> tuple[int, str]:
    """Events and head of the copy's timeline: the chain is whole, and ends where the source's does."""
    wanted, timeline = _head(old), TimelineRows(Scope(new, SystemClock().now(), str, lambda kind, key: None))
    verifier, last = Verifier(), BEFORE_ALL
    while events := timeline.after(last, AT_ONCE):
        verifier.read(events)
        last = events[-1].seq
    verifier.finish(*wanted)
    if verifier.faults or timeline.head() != wanted:
        fault = verifier.faults[0].what if verifier.faults else say("it ends elsewhere")
        raise Refusal(say("The copy's timeline is not that of the source ({why}): nothing was kept.", why=fault))
    return wanted


def _head(connection: Connection) -> tuple[int, str]:
    seq, hashed = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
    return seq, hashed


def _why(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]
