"""Another process holds the database: everybody hears in time that nothing was saved, or it is saved after all."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from storage_world import Opened

from bot.people import ROBOT
from bot.ports import DatabaseAway, Tx
from storage.database import WRITER_LOCK

HELD = "Another process holds the database, so nothing was saved. Try again in a minute."
MANY = 200
"""More than the writer takes at once, six times over."""


@contextmanager
def held(url: str) -> Iterator[None]:
    """The writers' lock, in the hands of somebody else."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(%s)", (WRITER_LOCK,))
            yield


@contextmanager
def locked(url: str) -> Iterator[None]:
    """A table of PostgreSQL, in the hands of somebody who changes it."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE event, run IN ACCESS EXCLUSIVE MODE")
        yield


def noted(tx: Tx) -> None:
    tx.timeline.record("note.added", ROBOT, 1, text="held")


def notes(opened: Opened) -> int:
    return opened.read(lambda tx: len([each for each in tx.timeline.after(0, 1000) if each.kind == "note.added"]))


async def outcomes(opened: Opened, count: int) -> list[BaseException | None]:
    writing = (opened.database.write(noted) for _ in range(count))
    async with asyncio.timeout(6):
        return await asyncio.gather(*writing, return_exceptions=True)


def test_all_who_wait_hear_at_the_same_time_that_nothing_was_saved(opened: Opened) -> None:
    with held(opened.url):
        found = asyncio.run(outcomes(opened, MANY))
    assert {type(each) for each in found} == {DatabaseAway}
    assert "nothing was saved. Try again" in str(found[0])
    assert notes(opened) == 0


def test_what_is_let_go_in_time_is_waited_for(opened: Opened) -> None:
    async def story() -> None:
        with held(opened.url):
            waiting = asyncio.ensure_future(outcomes(opened, 3))
            await asyncio.sleep(0)
        assert await waiting == [None, None, None]

    asyncio.run(story())
    assert notes(opened) == 3


def test_it_works_as_before_afterwards(opened: Opened) -> None:
    with held(opened.url):
        assert isinstance(asyncio.run(outcomes(opened, 1))[0], DatabaseAway)
    assert asyncio.run(outcomes(opened, 40)) == [None] * 40
    assert (notes(opened), opened.faults()) == (40, [])


def test_reading_goes_on(opened: Opened) -> None:
    with held(opened.url):
        assert notes(opened) == 0


@pytest.mark.parametrize("kind", ["postgresql"])
def test_behind_a_locked_table_writers_and_readers_hear_it_in_time(opened: Opened) -> None:
    async def reading() -> list[object]:
        async with asyncio.timeout(6):
            asking = (opened.database.read(lambda tx: tx.runs.find()) for _ in range(MANY))
            return await asyncio.gather(*asking, return_exceptions=True)

    with locked(opened.url):
        found = [*asyncio.run(outcomes(opened, MANY)), *asyncio.run(reading())]
    assert {str(each) for each in found} == {HELD}
    assert asyncio.run(outcomes(opened, 3)) == [None] * 3
    assert (notes(opened), opened.faults()) == (3, [])


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_defect_in_a_work_is_not_taken_for_a_lock(opened: Opened) -> None:
    with pytest.raises(ZeroDivisionError):
        opened.write(lambda tx: 1 // 0)
