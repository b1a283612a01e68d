"""Which checkouts of runs are unneeded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from domain_world import World, manual, opened, phase, procedure, runbook

from bot.runs.checkouts import worktrees
from bot.runs.model import RunState
from bot.runs.start import finish


@pytest.fixture
def world() -> Iterator[World]:
    with opened(runbook(procedure(phase(manual("one"))))) as made:
        yield made


def ended(world: World, state: RunState) -> int:
    run = world.begin("work")
    world.do(finish, run, state)
    return run.id


def unneeded(world: World, *run_ids: int) -> list[int]:
    return world.do(worktrees.unneeded, run_ids)


@pytest.mark.parametrize("state", [RunState.WAITING, RunState.ACTIVE])
def test_a_run_that_goes_on_keeps_its_own(world: World, state: RunState) -> None:
    run = world.begin("work", state=state)
    assert unneeded(world, run.id) == []


@pytest.mark.parametrize("state", [RunState.DONE, RunState.CANCELLED])
def test_a_run_that_is_over_leaves_nothing(world: World, state: RunState) -> None:
    run_id = ended(world, state)
    assert unneeded(world, run_id) == [run_id]


def test_one_that_failed_is_kept_for_a_day(world: World) -> None:
    run_id = ended(world, RunState.ABORTED)
    world.wait(hours=23)
    assert unneeded(world, run_id) == []
    world.wait(hours=2)
    assert unneeded(world, run_id) == [run_id]


def test_of_those_that_failed_only_the_last_three_are_kept(world: World) -> None:
    run_ids = []
    for _ in range(5):
        run_ids.append(ended(world, RunState.ABORTED))
        world.wait(minutes=1)
    assert unneeded(world, *run_ids) == run_ids[:2]


def test_one_of_a_run_that_nobody_knows_is_removed(world: World) -> None:
    assert unneeded(world, 99) == [99]


def test_only_what_is_named_after_a_run_counts(tmp_path: Path) -> None:
    for name in ("run-12", "run-3", "run-x", "notes"):
        (tmp_path / "worktrees" / name).mkdir(parents=True)
    assert worktrees.made(tmp_path) == (3, 12)
