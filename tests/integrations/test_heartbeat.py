"""A command ends when the process that started it has been frozen, or has lost its place."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.execution.shell import Command, run
from bot.masking import Masker
from bot.waking import Superseded


@dataclass(frozen=True)
class Place:
    """A lease whose file is written by the test."""

    heartbeat: Path
    lost: bool = False

    def awake(self, seconds_ago: float = 0) -> None:
        self.heartbeat.write_text(f"{time.clock_gettime(time.CLOCK_BOOTTIME) - seconds_ago}")

    async def hold(self) -> None:
        if self.lost:
            raise Superseded


def sleeping(tmp_path: Path, seconds: str = "30") -> Command:
    return Command(("sleep", seconds), tmp_path, tmp_path / "out")


async def test_a_command_ends_when_the_pulse_grows_old(tmp_path: Path) -> None:
    place = Place(tmp_path / "heartbeat")
    place.awake(seconds_ago=3.5)
    began = time.monotonic()
    ended = await run(sleeping(tmp_path), masker=Masker([]), lease=place)
    assert not ended.succeeded
    assert time.monotonic() - began < 5


async def test_a_command_goes_on_while_the_pulse_is_fresh(tmp_path: Path) -> None:
    place = Place(tmp_path / "heartbeat")
    place.awake()
    ended = await run(sleeping(tmp_path, "1"), masker=Masker([]), lease=place)
    assert ended.succeeded


async def test_a_command_does_not_start_in_a_place_that_is_lost(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    touch = Command(("touch", str(mark)), tmp_path, tmp_path / "out")
    task = asyncio.ensure_future(run(touch, masker=Masker([]), lease=Place(tmp_path / "heartbeat", lost=True)))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not mark.exists()
