"""Whatever the moment in which the bot is killed: nothing that was acked is lost, and nothing is done twice."""

import asyncio
from pathlib import Path

import pytest
from crash_people import CONDUCTING, DEPLOYING, Habits
from crash_walk import REST_WITHIN, walk
from torture import SEED, often

WALKS = range(SEED, SEED + often(1, 10))
"""Seeds of the walks of each sort."""


@pytest.mark.parametrize("seed", WALKS)
def test_kills_while_incidents_are_conducted_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    check(seed, CONDUCTING, tmp_path)


@pytest.mark.parametrize("seed", WALKS)
def test_kills_while_production_is_changed_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    check(seed, DEPLOYING, tmp_path)


def check(seed: int, habits: Habits, directory: Path) -> None:
    found = asyncio.run(asyncio.wait_for(walk(seed, habits, directory), timeout=65 + REST_WITHIN))
    assert found == [], "\n".join([f"seed {seed}, see {directory}:", *found])
