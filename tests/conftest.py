"""What all tests share: coroutines run in an event loop of their own, and databases are copies of one made before."""

import asyncio
import gc
import inspect
import logging
import os
import sys
from collections.abc import Iterator

import psycopg
import pytest
import structlog
from guards import GUARD_S
from hypothesis import settings
from torture import LONG, SEED, often

from sandbox.neonpro.database.postgres import Postgres
from storage.migrate import upgrade

LIMIT = often(2, 60) * GUARD_S
"""Seconds after which an async test hangs: what it waits for says so first."""

LONGEST = ("crash", "browser", "whole", "practice", "integrations")
"""The folders whose files take long."""


sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Else each worker, and each bot that a test starts, compiles all of it again.


def pytest_configure() -> None:
    """In `make torture` hypothesis looks elsewhere each time, else where it looked before; it measures no time."""
    settings.register_profile("share", derandomize=not LONG, deadline=None)
    settings.load_profile("share")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: at the end no worker is left alone with one of them."""
    items.sort(key=lambda item: LONGEST.index(item.path.parent.name) if item.path.parent.name in LONGEST else 9)


def pytest_report_header() -> str:
    """What makes the same choices again."""
    return f"chance: TORTURE_SEED={SEED}" + (" TORTURE=1" if LONG else "")


def pytest_collection_finish() -> None:
    """What was loaded until now stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _log_plainly() -> None:
    """A defect is written and not drawn with all its variables: that takes a second."""
    structlog.reset_defaults()
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, plain])


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A bot of one test logs to what pytest caught of it: that is closed when the next one runs."""
    _log_plainly()
    yield
    for handler in logging.getLogger().handlers[:]:
        if type(handler) is logging.StreamHandler:
            logging.getLogger().removeHandler(handler)


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    """The event loop of one test: async fixtures run in it before and after the test does."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine, in the loop of its fixtures if it has one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def limited() -> None:
        async with asyncio.timeout(LIMIT):
            await pyfuncitem.obj(**arguments)

    runner = pyfuncitem.funcargs.get("loop")
    if isinstance(runner, asyncio.Runner):
        runner.run(limited())
    else:
        asyncio.run(limited())
    return True


@pytest.fixture(scope="session")
def newest_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An SQLite file with the newest schema and nothing in it."""
    path = tmp_path_factory.mktemp("sqlite") / "newest.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """PostgreSQL out of its wheel."""
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    postgres.start()
    yield postgres
    postgres.remove()


@pytest.fixture(scope="session")
def template(server: Postgres) -> str:
    """The name of a PostgreSQL database with the newest schema and nothing in it."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE newest")
    upgrade(server.dsn("newest"))
    return "newest"
