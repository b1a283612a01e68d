"""Workers: one task a key, woken again while it works."""

import asyncio

from bot.machine.workers import Workers


class Transactions:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun, self.free = list[int](), asyncio.Event()
        self.workers: Workers[int] = Workers("transactions", self._work)

    async def _work(self, key: int, woken: asyncio.Event) -> None:
        while woken.is_set():
            woken.clear()
            self.begun.append(key)
            await self.free.wait()


async def test_work_on_returns_when_there_is_nothing_more_to_do() -> None:
    transactions = Transactions()
    working = asyncio.create_task(transactions.workers.work_on(7))
    await asyncio.sleep(0)
    assert transactions.workers.hear(7)
    transactions.free.set()
    assert (await working, transactions.begun, transactions.workers.hear(7)) == (True, [7], False)


async def test_work_that_is_dropped_says_that_it_was_cut_short() -> None:
    transactions = Transactions()
    working = asyncio.create_task(transactions.workers.work_on(7))
    await asyncio.sleep(0)
    await transactions.workers.drop()
    assert (await working, len(transactions.workers), transactions.workers.stopping) == (False, 0, False)


async def test_workers_that_stop_begin_nothing() -> None:
    transactions = Transactions()
    await transactions.workers.stop(0)
    assert (await transactions.workers.work_on(7), transactions.begun) == (False, [])


async def test_a_key_that_is_not_worked_on_here_is_asked_for() -> None:
    transactions, asked = Transactions(), list[int]()
    transactions.workers.ask = asked.append
    transactions.workers.wake(7)
    assert (asked, transactions.begun) == ([7], [])
