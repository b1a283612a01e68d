"""`workspace`: the real bot, connected by real Socket Mode to the practice world, in one process."""

import asyncio
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from whole.estate import Estate, World, found_estate
from whole.workspace import Workspace


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Have the bot while the test runs: every fixture has said with which settings (the first `restart` starts it)."""
    workspace, loop = pyfuncitem.funcargs.get("workspace"), pyfuncitem.funcargs.get("loop")
    if not isinstance(workspace, Workspace) or not isinstance(loop, asyncio.Runner):
        return (yield)
    try:
        if workspace.app is None:
            loop.run(workspace.start())
        return (yield)
    finally:
        loop.run(workspace.stop())


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """What is slow to make and safe to share: NeonPro's PostgreSQL and its checkout."""
    made = found_estate(tmp_path_factory.mktemp("estate"))
    yield made
    made.database.stop()


@pytest.fixture
def workspace(loop: asyncio.Runner, tmp_path: Path, estate: Estate, newest_file: bytes) -> Iterator[Workspace]:
    """A fresh workspace, a fresh NeonPro and a fresh database. The bot is connected when the test begins."""
    made = Workspace(World(tmp_path, estate))
    try:
        loop.run(made.open_world(newest_file))
        yield made
    finally:
        loop.run(made.close())
