"""Rate budgets, in a loop whose clock leaps instead of waiting."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from handlers.slack.client.budgets import METHOD_TIERS, Budget, Budgets


class _Leaping(selectors.DefaultSelector):
    """Waits for nothing: the time that somebody wanted to wait has passed, and always a little of it."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += max(timeout or 0.0, 1e-6)
        return super().select(0)


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    selector = _Leaping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    try:
        loop.run_until_complete(asyncio.wait_for(scene(), 10_000))
    finally:
        loop.close()


def clock() -> float:
    return asyncio.get_running_loop().time()


async def served(budget: Budget, *priorities: int) -> list[tuple[int, float]]:
    """Everybody asks at once, in this order: who was served, and when."""
    order: list[tuple[int, float]] = []

    async def ask(priority: int) -> None:
        await budget.take(priority)
        order.append((priority, round(clock(), 3)))

    await asyncio.gather(*(ask(priority) for priority in priorities))
    return order


def test_a_burst_passes_at_once_and_then_the_rate_holds() -> None:
    async def scene() -> None:
        order = await served(Budget(2.0, 3, clock), *[5] * 6)
        assert [at for _, at in order] == [0, 0, 0, 0.5, 1.0, 1.5]

    run(scene)


def test_who_is_more_urgent_is_served_first_and_equals_in_turn() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 1, clock)
        order = await served(budget, 5, 9, 5, 0, 9, 0)
        assert [priority for priority, _ in order] == [5, 0, 0, 5, 9, 9]

    run(scene)


def test_whoever_comes_later_and_is_more_urgent_overtakes() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 1, clock)
        await budget.take(0)
        late = asyncio.create_task(served(budget, 9))
        await asyncio.sleep(0.2)
        urgent = asyncio.create_task(served(budget, 0))
        assert (await urgent, await late) == ([(0, 1.0)], [(9, 2.0)])

    run(scene)


def test_everybody_is_served_in_the_end() -> None:
    async def scene() -> None:
        order = await served(Budget(10.0, 5, clock), *[9, 0, 5] * 40)
        assert len(order) == 120
        assert order[-1] == (9, 11.5)

    run(scene)


def test_a_pause_holds_everybody_and_is_over_in_time() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 10, clock)
        budget.pause(30)
        order = await served(budget, 5)
        assert order == [(5, 30.0)]

    run(scene)


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 10, clock)
        budget.pause(30)
        budget.pause(2)
        assert await served(budget, 0) == [(0, 30.0)]

    run(scene)


def test_a_pause_that_comes_while_somebody_waits_holds_them_too() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 1, clock)
        await budget.take(0)
        waiting = asyncio.create_task(served(budget, 5))
        await asyncio.sleep(0.5)
        budget.pause(60)
        assert await waiting == [(5, 60.5)]

    run(scene)


def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    async def scene() -> None:
        budget = Budget(1.0, 1, clock)
        await budget.take(0)
        gone, stays = asyncio.create_task(served(budget, 0)), asyncio.create_task(served(budget, 9))
        await asyncio.sleep(0.1)
        gone.cancel()
        assert await stays == [(9, 1.0)]

    run(scene)


def test_a_limited_method_pauses_no_other() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        budgets.pause("chat.update", 600)
        await budgets.take("chat.postMessage", "C1", 0)
        await budgets.take("conversations.create", None, 0)
        assert clock() < 0.1

    run(scene)


def test_a_channel_holds_up_no_other_channel() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        busy = asyncio.gather(*(budgets.take("chat.postMessage", "C1", 5) for _ in range(12)))
        await asyncio.sleep(0)
        await budgets.take("chat.postMessage", "C2", 5)
        assert clock() < 1
        await busy
        assert clock() >= 5

    run(scene)


@pytest.mark.parametrize("method", METHOD_TIERS)
def test_every_method_has_a_burst_and_a_rate(method: str) -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        await asyncio.gather(*(budgets.take(method, None, 5) for _ in range(40)))
        assert 0 < clock() < 240

    run(scene)


def test_a_limited_channel_pauses_no_other_channel() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        budgets.pause("chat.postMessage", 600, "C1")
        await budgets.take("chat.postMessage", "C2", 9)
        assert clock() < 0.1
        await budgets.take("chat.postMessage", "C1", 0)
        assert clock() >= 600

    run(scene)


def test_posts_that_wait_for_their_channel_take_nothing_from_other_channels() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        budgets.pause("chat.postMessage", 600, "C1")
        waiting = asyncio.gather(*(budgets.take("chat.postMessage", "C1", 0) for _ in range(50)))
        await asyncio.sleep(0)
        await asyncio.gather(*(budgets.take("chat.postMessage", f"C9{n}", 9) for n in range(30)))
        assert clock() < 0.1
        await waiting

    run(scene)


def test_two_limited_channels_pause_no_third() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        budgets.pause("chat.postMessage", 60, "C1")
        budgets.pause("chat.postMessage", 60, "C2")
        await budgets.take("chat.postMessage", "C3", 0)
        assert clock() < 0.1

    run(scene)


def test_a_limit_of_another_method_in_a_channel_pauses_that_method() -> None:
    async def scene() -> None:
        budgets = Budgets(clock)
        budgets.pause("chat.update", 60, "C1")
        await budgets.take("chat.postMessage", "C1", 0)
        assert clock() < 0.1
        await budgets.take("chat.update", None, 0)
        assert clock() >= 60

    run(scene)
