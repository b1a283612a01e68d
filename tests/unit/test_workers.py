"""Workers: one task a key, woken again while it works."""

import asyncio

from bot.machine.workers import Workers


class Desk:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = list[int](), asyncio.Event()
        self.workers: Workers[int] = Workers("desk", self._work)

    async def _work(self, key: int, woken: asyncio.Event) -> None:
        while woken.is_set():
            woken.clear()
            self.begun.append(key)
            await self.free.wait()


async def test_work_on_returns_when_there_is_nothing_more_to_do() -> None:
    desk = Desk()
    working = asyncio.create_task(desk.workers.work_on(7))
    await asyncio.sleep(0)
    assert desk.workers.hear(7)
    desk.free.set()
    assert (await working, desk.begun, desk.workers.hear(7)) == (True, [7], False)


async def test_work_that_is_dropped_says_that_it_was_cut_short() -> None:
    desk = Desk()
    working = asyncio.create_task(desk.workers.work_on(7))
    await asyncio.sleep(0)
    await desk.workers.drop()
    assert (await working, len(desk.workers), desk.workers.stopping) == (False, 0, False)


async def test_workers_that_stop_begin_nothing() -> None:
    desk = Desk()
    await desk.workers.stop(0)
    assert (await desk.workers.work_on(7), desk.begun) == (False, [])


async def test_a_key_that_is_not_worked_on_here_is_asked_for() -> None:
    desk, asked = Desk(), list[int]()
    desk.workers.ask = asked.append
    desk.workers.wake(7)
    assert (asked, desk.begun) == ([7], [])
