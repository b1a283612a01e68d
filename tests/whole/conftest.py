"""`workspace`: the real bot, connected by real Socket Mode to the practice world, in one process."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from whole.estate import Estate, World, found_estate
from whole.workspace import Workspace


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """What is slow to make and safe to share: NeonPro's PostgreSQL and its checkout."""
    made = found_estate(tmp_path_factory.mktemp("estate"))
    yield made
    made.database.stop()


@pytest.fixture
def workspace(loop: asyncio.Runner, tmp_path: Path, estate: Estate) -> Iterator[Workspace]:
    """A fresh workspace, a fresh NeonPro and a fresh database, with the bot connected."""
    made = Workspace(World(tmp_path, estate))
    try:
        loop.run(made.open())
        yield made
    finally:
        loop.run(made.close())
