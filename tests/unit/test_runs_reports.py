"""A running step says where it stands; what is said too late or by a loser of the run changes nothing."""

import asyncio
from collections.abc import Iterator

import pytest
from domain_world import World, manual, opened, phase, procedure, reading, runbook

from bot.errors import Refusal
from bot.runs.engine.fencing import Fenced
from bot.runs.engine.reports import REPORT_LIMIT, Reports, report
from bot.runs.model import StepState
from bot.runs.outcome import Done


@pytest.fixture
def world() -> Iterator[World]:
    with opened(runbook(procedure(phase(reading("look"), manual("tick"), mode="sequence")))) as made:
        made.begin("work")
        made.take(1)
        made.advance(1)
        yield made


def told(world: World, text: str, token: int | None = None) -> None:
    world.do(report, 1, world.run(1).token if token is None else token, world.step(1, "look"), text)


def test_a_report_shows_on_the_step_and_its_outcome_takes_its_place(world: World) -> None:
    told(world, "probe 3 of 5 passing")
    assert world.step(1, "look").found == "probe 3 of 5 passing"
    world.settle(1, "look", Done())
    assert world.step(1, "look").found is None


def test_a_report_after_the_outcome_changes_nothing(world: World) -> None:
    tried = world.step(1, "look")
    world.settle(1, "look", Done("good"))
    world.do(report, 1, world.run(1).token, tried, "still at it")
    assert (world.step(1, "look").found, world.step(1, "look").state) == ("good", StepState.DONE)


def test_who_lost_the_run_reports_nothing(world: World) -> None:
    with pytest.raises(Fenced):
        told(world, "still at it", token=world.run(1).token - 1)


def kept(*texts: str, fails: int = 0, at_once: bool = False) -> list[str]:
    """What is written of these reports, told one after another with a pause behind each, or all in one pause."""
    written: list[str] = []

    async def write(text: str) -> None:
        written.append(text)
        if len(written) <= fails:
            raise Refusal("The database does not answer.")

    async def main() -> None:
        reports, paused = Reports(lambda text: text.replace("hunter2", "•••")), asyncio.Semaphore(0)
        writer = asyncio.create_task(reports.keep(write, lambda: _passed(paused)))
        for number, text in enumerate(texts, 1):
            reports(text)
            if not at_once or number == len(texts):
                paused.release()
                for _ in range(5):
                    await asyncio.sleep(0)
        writer.cancel()

    asyncio.run(main())
    return written


async def _passed(paused: asyncio.Semaphore) -> None:
    await paused.acquire()


def test_the_same_word_is_written_once_and_masked() -> None:
    assert kept("built hunter2", "built hunter2", "", "done") == ["built •••", "done"]


def test_a_long_word_is_cut() -> None:
    assert [len(text) for text in kept("x" * 1000)] == [REPORT_LIMIT]


def test_of_many_words_the_last_is_written() -> None:
    assert kept(*(f"line {number}" for number in range(100)), at_once=True) == ["line 99"]


def test_a_word_that_could_not_be_written_stops_nothing() -> None:
    assert kept("one", "two", fails=1) == ["one", "two"]
