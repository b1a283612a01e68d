"""Brings the database to the newest schema at start, with a backup copy of an SQLite file first."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from bot.errors import Refusal
from bot.text import say
from storage.database import WRITER_LOCK, open_engines


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
    writer, reader = open_engines(url)
    try:
        return _upgrade(writer)
    except OperationalError as error:
        where = writer.url.render_as_string(hide_password=True)
        raise Refusal(
            say("The database {where} does not answer: {why}", where=where, why=_first_line(error))
        ) from error
    finally:
        writer.dispose()
        reader.dispose()


def _upgrade(engine: Engine) -> str | None:
    scripts = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return None
    _refuse_newer(scripts, current)
    copy = back_up(engine) if current else None
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
        command.upgrade(_config(connection), "head")
    return copy


def _refuse_newer(scripts: ScriptDirectory, current: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise Refusal(
            say(
                "The database has schema {current}, which is newer than this NeonOps knows. "
                "Start the newer NeonOps again, or go back to the backup copy made before the upgrade.",
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
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return str(copy)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]
