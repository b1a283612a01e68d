"""Whatever the moment in which the bot is killed: nothing that was acked is lost, and nothing is done twice."""

import asyncio
import os
from pathlib import Path

import pytest
from crash_walk import walk

SEEDS = [1, 2, 3, 4, 5, *map(int, os.environ.get("NEONOPS_CRASH_SEEDS", "").split())]
"""Ten kills each. More of them: NEONOPS_CRASH_SEEDS="6 7 8" make test."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_loses_nothing_and_doubles_nothing(seed: int, tmp_path: Path) -> None:
    found = asyncio.run(walk(seed, tmp_path))
    assert found == [], "\n".join([f"seed {seed}, see {tmp_path}:", *found])
