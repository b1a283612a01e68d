"""What blocks runs beside the loop, and is left behind when nobody waits for it any more."""

import asyncio
import threading

import pytest

from bot.machine.threads import aside


async def test_it_gives_the_result() -> None:
    assert await aside(lambda: 42) == 42


async def test_it_raises_what_the_work_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0)


async def test_a_work_that_does_not_end_is_left_behind() -> None:
    begun, end = threading.Event(), threading.Event()
    waiting = asyncio.ensure_future(aside(lambda: (begun.set(), end.wait()), patience=0.01))
    await asyncio.to_thread(begun.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    end.set()
