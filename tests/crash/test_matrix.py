"""Killed before the intent, after it, after the POST, after the answer: no change of any kind is made twice."""

from pathlib import Path
from typing import get_args

import pytest
from crash_checks import complaints
from crash_matrix import MATRIX, RUNBOOK, Walk, changing_kinds, kinds_in_matrix, wrong_about_production
from crash_people import Ledger
from crash_stop import Point
from crash_walk import at_rest
from crash_world import crash_world
from torture import dice, often, some


def test_every_changing_kind_is_in_the_matrix() -> None:
    assert kinds_in_matrix() == changing_kinds()


def walks() -> list[tuple[str, Point, str]]:
    """Every walk killed at two points, every point in two walks, each on one database by chance.

    In `make torture` every walk at every point on each database.
    """
    points = get_args(Point)
    first = dice("walks").randrange(len(points))
    return [
        (name, points[(first + turn) % len(points)], kind)
        for start, name in enumerate(MATRIX)
        for turn in range(start, start + len(points), often(2, 1))
        for kind in some(["sqlite", "postgresql"], 1, name, turn)
    ]


@pytest.mark.parametrize(("name", "point", "database"), walks(), indirect=["database"])
async def test_production_is_what_the_run_says_and_nothing_was_sent_twice(
    name: str, point: Point, database: str, tmp_path: Path
) -> None:
    settings = {"NEONOPS_RUNBOOK": str(RUNBOOK), "NEONOPS_DATABASE_URL": database}
    async with crash_world(tmp_path, **settings) as world:
        world.bot.hurried = True
        walk = Walk(world, name, point)
        await walk.walk()
        await at_rest(world)
        assert {step: walk.happened(step) for step in MATRIX[name]} == dict.fromkeys(MATRIX[name], 1)
        assert await world.read(lambda tx: wrong_about_production(world, walk, tx)) == []
        assert await world.read(lambda tx: complaints(world, Ledger(), tx)) == []
