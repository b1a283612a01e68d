"""A real database, driven from plain functions; and the damage that only somebody with its password can do."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel

from bot.incidents.model import Incident, IncidentStatus
from bot.kinds import KINDS
from bot.masking import Masker
from bot.ports import Tx, Wake
from bot.production.inputs.deploy import DeployInputs
from bot.runs.model import Run, RunState, StepRecord
from bot.timeline import GENESIS, Fault, Verifier
from sandbox.neonpro.database.postgres import Postgres
from storage.database import SqlDatabase

T = TypeVar("T")
_NUMBERS = itertools.count(1)
NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


class Ticking:
    """A clock that tests move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def wait(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


class Opened:
    """A database and its clock. What its commits woke is in `woken`."""

    def __init__(self, url: str, clock: Ticking) -> None:
        self.url, self.clock = url, clock
        self.database = SqlDatabase(url, clock, Masker(["hunter2secret"]).mask)
        self.woken: list[Wake] = []
        self.database.on_commit(self.woken.extend)

    def write(self, work: Callable[[Tx], T]) -> T:
        return asyncio.run(self.database.write(work))

    def read(self, work: Callable[[Tx], T]) -> T:
        return asyncio.run(self.database.read(work))

    def close(self) -> None:
        self.database.close()

    def faults(self) -> list[Fault]:
        verifier = Verifier()
        verifier.read(self.read(lambda tx: tx.timeline.after(-(2**31), 10_000)))
        verifier.finish(*self.read(lambda tx: tx.timeline.head()))
        return verifier.faults

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Run SQL behind the bot's back, in one transaction; the rows of the last statement."""
        return raw(self.url, *statements)

    def tamper(self, *statements: str) -> None:
        """Run SQL with the timeline's triggers switched off."""
        if self.database.sqlite:
            triggers = self.sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            off, on = [f"DROP TRIGGER {name}" for name, _ in triggers], [str(sql) for _, sql in triggers]
        else:
            off, on = ["ALTER TABLE event DISABLE TRIGGER ALL"], ["ALTER TABLE event ENABLE TRIGGER ALL"]
        self.sql(*off, *statements, *on)


def raw(url: str, *statements: str) -> list[tuple[object, ...]]:
    parsed = make_url(url)
    driver = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(parsed.set(drivername=driver))
    try:
        with closing(engine.connect()) as connection, connection.begin():
            for statement in statements:
                result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


@contextmanager
def copied(server: Postgres, source: str) -> Iterator[str]:
    """A new PostgreSQL database, copied from another, for as long as it is needed."""
    name = f"copy{next(_NUMBERS)}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    yield server.dsn(name)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def emptied(url: str) -> str:
    """The PostgreSQL database as it was when its schema was new."""
    tables = ", ".join(f'"{name}"' for name in SQLModel.metadata.tables)
    statements = [
        "DROP SCHEMA IF EXISTS neonops_jobs CASCADE",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        f"TRUNCATE {tables} RESTART IDENTITY",
        "ALTER TABLE event ENABLE TRIGGER ALL",
        f"INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')",
    ]
    raw(url, *statements)
    return url


def fill(tx: Tx) -> None:
    """A runbook, and runs 1 and 2."""
    tx.runbooks.keep("v1", "schema: 1", "neonpro.yml")
    for title in ("First", "Second"):
        tx.runs.add(a_run(title))


def a_run(title: str = "Deploy") -> Run:
    return Run(0, "deploy", KINDS["deploy"], RunState.WAITING, "v1", title, "U1", NOON, inputs=DeployInputs())


def a_step(run_id: int = 1, step_id: str = "look", position: int = 0) -> StepRecord:
    return StepRecord(run_id, step_id, "main", position)


def an_incident(run_id: int = 1, name: str = "incident-1") -> Incident:
    return Incident(0, run_id, "p1", "Checkout is down", IncidentStatus.OPEN, "U1", NOON, name)
