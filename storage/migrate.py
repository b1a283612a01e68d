"""Brings the database to the newest schema at start, with a backup copy of an SQLite file first."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from bot.errors import Refusal
from bot.machine.private_files import touch
from bot.text import say
from storage.database import WRITER_LOCK, open_engines, parse_url, shown

T = TypeVar("T")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str | None:
    """The newest schema that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(url: str) -> str | None:
    """Apply the migrations that are pending; the path of the backup copy when an SQLite file was changed.

    Raises:
        Refusal: the database is newer than this program, or does not answer.
    """
    return _with_engine(url, _upgrade)


def require_schema(url: str) -> None:
    """See that the database is there with this program's schema. Nothing is made or changed.

    Raises:
        Refusal: it is not there, has another schema or none, or does not answer.
    """
    where = _require_file(url)
    current = _seen(where) if where.get_backend_name() == "sqlite" else _with_engine(url, _revision)
    if current is None:
        raise Refusal(say("The database {place} is empty: NeonOps has not run on it.", place=shown(where)))
    if current != newest():
        _refuse_newer(ScriptDirectory.from_config(_config()), current)
        sentence = "The database has schema {current}, this NeonOps reads {newest}: run `neonops db upgrade` first."
        raise Refusal(say(sentence, current=current, newest=newest()))


def _require_file(url: str) -> URL:
    where = parse_url(url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").is_file():
        sentence = (
            "There is no database at {place}. Go to the directory that NeonOps starts in, or set NEONOPS_DATA_DIR."
        )
        raise Refusal(say(sentence, place=Path(where.database or "").absolute()))
    return where


def _seen(where: URL) -> str | None:
    """The schema of an SQLite file, opened so that nothing is written: not even that it keeps a log from now on."""
    uri = f"{Path(where.database or '').absolute().as_uri()}?mode=ro"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
    return _answered(engine, where, _revision)


def copy_file(url: str, target: Path | None = None) -> str:
    """Copy an SQLite database while the bot may run; the copy's path.

    Raises:
        Refusal: it is none, is not there, or cannot be copied.
    """
    if _require_file(url).get_backend_name() != "sqlite":
        raise Refusal(say("Only an SQLite database can be copied this way; for PostgreSQL use pg_dump."))
    try:
        return _with_engine(url, lambda engine: back_up(engine, target)) or ""
    except (sqlite3.Error, OSError) as error:
        raise Refusal(say("The copy cannot be made: {why}.", why=getattr(error, "strerror", "") or error)) from error


def _with_engine(url: str, work: Callable[[Engine], T]) -> T:
    writer, reader = open_engines(url)
    try:
        return _answered(writer, writer.url, work)
    finally:
        reader.dispose()


def _answered(engine: Engine, where: URL, work: Callable[[Engine], T]) -> T:
    try:
        return work(engine)
    except DBAPIError as error:
        sentence = say("The database {where} does not answer: {why}", where=shown(where), why=_first_line(error))
        raise Refusal(sentence) from error
    finally:
        engine.dispose()


def _upgrade(engine: Engine) -> str | None:
    scripts = ScriptDirectory.from_config(_config())
    current = _revision(engine)
    if current == scripts.get_current_head():
        return None
    _refuse_newer(scripts, current)
    copy = back_up(engine) if current else None
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
        command.upgrade(_config(connection), "head")
    return copy


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(scripts: ScriptDirectory, current: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise Refusal(
            say(
                "The database has schema {current}, which is newer than this NeonOps knows. Start the newer "
                "NeonOps again, or restore the backup copy made before the upgrade.",
                current=current,
            )
        )


def back_up(engine: Engine, target: Path | None = None) -> str | None:
    """Copy an SQLite file with SQLite's own backup, beside it unless `target` says where; the copy's path."""
    source = engine.url.database
    if engine.dialect.name != "sqlite" or not source or not Path(source).exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = target or Path(f"{source}.{stamp}.bak")
    there = copy.exists()
    try:
        touch(copy)
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
    except BaseException:
        if not there:
            copy.unlink(missing_ok=True)
        raise
    return str(copy)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]
