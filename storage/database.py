"""The database: transactions in threads, one writer at a time, on SQLite and on PostgreSQL.

A transaction is a plain function that runs whole in one thread: one hop to it and one back, whatever number of
statements it has. (Measured on SQLite: a click's transaction through an async driver, which hops for every
statement, takes several times as long.) The single writer makes every transaction serial: on SQLite by the one writer
thread and BEGIN IMMEDIATE, on PostgreSQL by a transaction-level advisory lock that all replicas share.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Refusal
from bot.machine.clock import Clock
from bot.machine.private_files import close, make_private
from bot.ports import DatabaseAway, Tx, Wake
from bot.settings.dsn import FORM, postgres_url
from bot.text import say
from storage.commits import Writer
from storage.rows import Mask
from storage.snapshots import Readers
from storage.transaction import Transaction
from storage.warm_up import TakenBack, WarmUp
from storage.works import is_away, is_held

T = TypeVar("T")

WRITER_LOCK = 0x4E454F4E
"""Key of PostgreSQL's advisory lock for writers ("NEON")."""
_OPTIONS = "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=3000 -c timezone=UTC"
"""A process that freezes inside a transaction would hold the writers' lock: PostgreSQL ends it after three seconds."""
BUSY_SECONDS = 2.0
"""How long another process may hold SQLite's write lock while the bot starts, or the command line works."""
HELD_SECONDS = 0.2
"""How long one try to get the writers' lock takes; how often it is tried is up to `storage.works.PATIENCE`."""
LOCKED_SECONDS = 1.0
"""How long a table or row of PostgreSQL is waited for, which somebody else has locked: most are let go in a moment."""


_TAKE = text(
    "SELECT set_config('lock_timeout', :held, true), pg_advisory_xact_lock(:key),"
    " set_config('lock_timeout', :locked, true)"
)
_SAME = text("UPDATE alembic_version SET version_num = version_num")


class SqlDatabase:
    """`bot.ports.Database` over SQLAlchemy. `url`: `sqlite:///path` or `postgresql://…`."""

    def __init__(self, url: str, clock: Clock, mask: Mask) -> None:
        self._clock, self._mask = clock, mask
        self._listeners: list[Callable[[Iterable[Wake]], None]] = []
        self._write_down: Callable[[Connection, Iterable[Wake]], None] | None = None
        self.sqlite = url.startswith("sqlite")
        self._engine, self._reader = open_engines(url, HELD_SECONDS)
        self._writer = Writer(self._engine, self._alone)
        self._readers = Readers(self._reader, self._transaction)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.sqlite else "postgresql"

    def on_commit(self, listener: Callable[[Iterable[Wake]], None]) -> None:
        """Tell who hears the wakes of each commit, on the event loop."""
        self._listeners.append(listener)

    def in_commit(self, write_down: Callable[[Connection, Iterable[Wake]], None]) -> None:
        """Have the wakes of each transaction written down in it."""
        self._write_down = write_down

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Run SQL of storage's own in a writing transaction."""
        return cast(T, await _answered(self._writer.write(work)))

    async def prove(self) -> None:
        """Write something that changes nothing; raises DatabaseAway when nothing can be written."""
        await self.change(lambda connection: connection.execute(_SAME))

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction (it may share the commit with others that were asked for at the same time).

        Returns when it is durable. Raises DatabaseAway when the database does not answer.
        """
        result, woken = await _answered(self._writer.write(lambda connection: self._change(connection, work)))
        for listener in self._listeners if woken else ():
            listener(woken)
        return cast(T, result)

    async def warm_up(self, work: Callable[[Tx], object]) -> None:
        """Run `work` once where writers and where readers run, and take it back: it changes and wakes nothing."""
        warm_up = WarmUp(lambda connection: work(self._transaction(connection)))
        with suppress(TakenBack):
            await _answered(self._writer.write(warm_up.run))
        await self.look(warm_up.ask)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` beside the writer, on what is committed; it cannot change anything."""
        return cast(T, await _answered(self._readers.read(work)))

    async def look(self, work: Callable[[Connection], T]) -> T:
        """Run SQL of storage's own beside the writer."""
        return cast(T, await _answered(self._readers.read(lambda snapshot: work(snapshot.connection))))

    def _change(self, connection: Connection, work: Callable[[Tx], T]) -> tuple[T, Iterable[Wake]]:
        transaction = self._transaction(connection)
        result = work(transaction)
        if transaction.woken and self._write_down:
            self._write_down(connection, tuple(transaction.woken))
        return result, tuple(transaction.woken)

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._clock.now(), self._mask)

    def _alone(self, connection: Connection) -> None:
        """On PostgreSQL other replicas write too: one at a time."""
        if not self.sqlite:
            connection.execute(_TAKE, {"key": WRITER_LOCK, "held": _ms(HELD_SECONDS), "locked": _ms(LOCKED_SECONDS)})

    def close(self) -> None:
        """Finish what runs, then let go of the database."""
        self._writer.close()
        self._readers.close()
        self._engine.dispose()
        self._reader.dispose()


async def _answered(answer: Awaitable[Any]) -> Any:
    try:
        return await answer
    except (DBAPIError, PendingRollbackError, PoolTimeout) as error:
        if not is_away(error):
            raise
        raise DatabaseAway(_words(error)) from error


def _words(error: BaseException) -> str:
    """What keeps the database from saving; a driver's own words are never repeated."""
    reason = str(getattr(error, "orig", ""))
    if is_held(error):
        return say("Another process holds the database, so nothing was saved. Try again in a minute.")
    if "disk is full" in reason or "No space left" in reason:
        return say("The database's disk is full, so nothing was saved. Free space there, then try again.")
    if "readonly database" in reason:
        return say("The database cannot be written to, so nothing was saved. Fix that, then try again.")
    return say("The database does not answer, so nothing was saved. Try again in a minute.")


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


def parse_url(url: str) -> URL:
    """The URL of a database that NeonOps can use; a Refusal for anything else, which never repeats a part of it."""
    try:
        checked = url if url.startswith("sqlite:") else postgres_url(url)
    except ValueError as error:
        raise Refusal(say("This is not the URL of a database: {why}.", why=error)) from None
    try:
        return make_url(checked)
    except (ArgumentError, ValueError):  # whose words may repeat the URL
        raise Refusal(say("This is not the URL of one database: write {form}.", form=FORM)) from None


def shown(url: URL) -> str:
    """Where a database is, without who may use it."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    place = say("{host}, port {port}", host=url.host or url.query.get("host", "localhost"), port=url.port or 5432)
    return say("{database} at {place}", database=url.database, place=place)


def open_engines(url: str, held: float | None = None) -> tuple[Engine, Engine]:
    """The writer's engine and the readers'; nothing connects yet. `held`: seconds for the writers' lock, for a bot."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN IMMEDIATE", held=held or BUSY_SECONDS), _sqlite(url, "BEGIN", "query_only=ON")
    options = f"{_OPTIONS} -c lock_timeout={_ms(LOCKED_SECONDS)}" if held else _OPTIONS
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=6,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={"connect_timeout": 5, "options": options, "keepalives_idle": 5, "keepalives_interval": 2},
    )
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _make_directory(directory: Path) -> None:
    try:
        make_private(directory)
    except OSError as error:
        raise Refusal(say("The directory {path} cannot be made: {why}.", path=directory, why=error.strerror)) from error


def _sqlite(url: str, begin: str, *pragmas: str, held: float = BUSY_SECONDS) -> Engine:
    path = make_url(url).database
    if path:
        _make_directory(Path(path).parent)
    engine = create_engine(url, pool_size=4, connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        if path and path != ":memory:":
            close([Path(path)])  # the log beside it is made with the same rights
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={round(held * 1000)}",
            *pragmas,
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(cursor: Any) -> None:
    """Switch to the write-ahead log. SQLite asks no busy handler for this, so another process is waited for here."""
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.01)
