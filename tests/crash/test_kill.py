"""Whatever the moment in which the bot is killed: nothing that was acked is lost, and nothing is done twice."""

import asyncio
import os
from pathlib import Path

import pytest
from crash_people import CONDUCTING, DEPLOYING, Habits
from crash_walk import REST_WITHIN, walk

MORE = [int(seed) for seed in os.environ.get("NEONOPS_CRASH_SEEDS", "").split()]
"""More walks than those of every day, ten kills each: NEONOPS_CRASH_SEEDS="6 7 8" make test."""


@pytest.mark.parametrize("seed", [1, 2, *MORE])
def test_kills_while_incidents_are_conducted_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    check(seed, CONDUCTING, tmp_path)


@pytest.mark.parametrize("seed", [3, 4, 5, *MORE])
def test_kills_while_production_is_changed_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    check(seed, DEPLOYING, tmp_path)


def check(seed: int, habits: Habits, directory: Path) -> None:
    found = asyncio.run(asyncio.wait_for(walk(seed, habits, directory), timeout=65 + REST_WITHIN))
    assert found == [], "\n".join([f"seed {seed}, see {directory}:", *found])
