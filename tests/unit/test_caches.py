"""Caches go from one good deploy to the next run, and from nothing else; what they come from is said, and they end."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from domain_world import ALICE, World, manual, opened, phase, procedure, runbook

from bot.runs.checkouts import caches
from bot.runs.checkouts.caches import keep, newest, told
from bot.runs.checkouts.directories import _make_home
from bot.runs.model import RunState
from bot.runs.start import finish

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ENTRY = ".bun/install/cache/react@18.3.1/index.js"


def home(builds: Path, run_id: int, now: datetime = NOW) -> Path:
    """A home as the first step of a run finds it."""
    (builds / "homes").mkdir(exist_ok=True)
    made = builds / "homes" / f"run-{run_id}"
    _make_home(made, None, newest(builds, now))
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_run_begins_with_the_caches_of_the_last_good_deploy(tmp_path: Path) -> None:
    first = home(tmp_path, 1)
    assert told(first) == ""
    write(first / ENTRY, "react")
    keep(tmp_path, first, 1, NOW)
    second = home(tmp_path, 2)
    assert (second / ENTRY).read_text() == "react"
    assert told(second) == "caches: as run 1 left them"


def test_what_a_run_changes_stays_its_own(tmp_path: Path) -> None:
    first = home(tmp_path, 1)
    write(first / ENTRY, "react")
    keep(tmp_path, first, 1, NOW)
    write(home(tmp_path, 2) / ENTRY, "poison")
    assert (home(tmp_path, 3) / ENTRY).read_text() == "react"


def test_only_the_newest_is_kept_and_only_caches(tmp_path: Path) -> None:
    for number in (1, 2):
        made = home(tmp_path, number)
        write(made / ENTRY, f"react {number}")
        write(made / ".bashrc", "poison")
        keep(tmp_path, made, number, NOW)
    assert [path.name for path in (tmp_path / "caches").iterdir()] == ["run-2"]
    assert not (home(tmp_path, 3) / ".bashrc").exists()


def test_they_end_a_week_after_the_first_run_however_often_they_are_handed_on(tmp_path: Path) -> None:
    for number in range(1, 5):
        now = NOW + timedelta(days=2 * (number - 1))
        made = home(tmp_path, number, now)
        write(made / ENTRY, "react")
        keep(tmp_path, made, number, now)
    assert newest(tmp_path, NOW + timedelta(days=6.9)) is not None
    assert newest(tmp_path, NOW + timedelta(days=7)) is None


def test_links_lead_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write(secret / "install/cache/x", "secret")
    made = home(tmp_path, 1)
    (made / ".bun").symlink_to(secret)
    (made / ".cache").mkdir()
    (made / ".cache" / "link").symlink_to(secret / "install")
    keep(tmp_path, made, 1, NOW)
    assert (secret / "install/cache/x").exists()
    after = home(tmp_path, 2)
    assert not (after / ".bun").exists()
    assert os.readlink(after / ".cache" / "link") == str(secret / "install")


def test_caches_that_are_too_large_are_not_kept(tmp_path: Path) -> None:
    made = home(tmp_path, 1)
    write(made / ENTRY, "react")
    keep(tmp_path, made, 1, NOW, most=3)
    assert newest(tmp_path, NOW) is None


def test_a_home_that_a_crash_left_half_made_is_made_anew(tmp_path: Path) -> None:
    write(tmp_path / "homes" / ".run-1.new" / "left", "x")
    assert not (home(tmp_path, 1) / "left").exists()


@pytest.fixture
def world() -> Iterator[World]:
    others = [procedure(phase(manual("one")), name=kind) | {"kind": kind} for kind in ("deploy", "rollback")]
    with opened(runbook(procedure(phase(manual("one"))), *others)) as made:
        yield made


KEPT: list[tuple[dict[str, Any], RunState, bool]] = [
    ({"approved_by": "U99"}, RunState.DONE, True),
    ({"approved_by": "U99"}, RunState.FAILED, False),
    ({"approved_by": "U99"}, RunState.ABORTED, False),
    ({"approved_by": "U99", "drill": True}, RunState.DONE, False),
    ({"approved_by": ALICE.user}, RunState.DONE, False),
    ({}, RunState.DONE, False),
]


@pytest.mark.parametrize(("about", "state", "kept"), KEPT)
def test_only_what_another_person_approved_and_ended_well_is_handed_on(
    world: World, about: dict[str, Any], state: RunState, kept: bool
) -> None:
    run = world.begin("deploy", **about)
    world.do(finish, run, state)
    assert world.do(caches.may_be_kept, run.id) is kept


def test_a_run_that_nobody_knows_hands_nothing_on(world: World) -> None:
    assert world.do(caches.may_be_kept, 99) is False


def test_a_rollback_ends_what_is_handed_on(world: World) -> None:
    deploy = world.begin("deploy", approved_by="U99")
    world.do(finish, deploy, RunState.DONE)
    assert world.do(caches.over, deploy.id) is False
    world.do(finish, world.begin("rollback"), RunState.DONE)
    assert world.do(caches.over, deploy.id) is True
