"""Cards against a Slack that lets them wait, and whose updates arrive late."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from domain_world import NOON, World
from guards import GUARD_S

from bot.domain.transactions import Transactions
from bot.ports import Database, Tx
from bot.runs.model import Card
from handlers.slack.cards.publisher import ARRIVED, Cards, comes_before
from handlers.slack.client.api import Slack
from handlers.slack.client.budgets import Budgets
from handlers.slack.drawing import draw

T = TypeVar("T")


class Crowded(Budgets):
    """Nobody's turn comes before `free`."""

    def __init__(self) -> None:
        super().__init__()
        self.free, self.asked = asyncio.Event(), asyncio.Event()

    async def take(self, method: str, channel: str | None, priority: int) -> bool:
        self.asked.set()
        waits = not self.free.is_set()
        await self.free.wait()
        return waits


class Message:
    """The one message that Slack has: every update of it, in the order of arrival; the first may be held up."""

    def __init__(self) -> None:
        self.updates, self.held, self.free = list[str](), asyncio.Event(), asyncio.Event()
        self.free.set()

    async def chat_update(self, **arguments: Any) -> SimpleNamespace:
        update = str(arguments["blocks"])
        if not self.free.is_set() and not self.held.is_set():
            self.held.set()
            try:
                await self.free.wait()
            except asyncio.CancelledError:
                # Its bytes are on their way: that nobody waits for an answer does not call them back.
                self.late = update
                raise
        self.updates.append(update)
        return SimpleNamespace(data={"ok": True})

    def arrives(self) -> None:
        """The update that was held up arrives."""
        self.updates.append(self.late)


class Kept:
    """The world's database as the transactions asks it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, work: Callable[[Tx], T]) -> T:
        return self._world.ask(work)

    write = read


class Scene:
    """Two replicas, one card, one message; `seconds` is what their clock says."""

    def __init__(self, world: World) -> None:
        self.world, self.message, self.budgets, self.seconds = world, Message(), Crowded(), 0.0
        world.declare(title="Checkout is down")
        self.card = world.ask(lambda tx: tx.cards.find()[0].id)
        world.ask(lambda tx: tx.cards.save(tx.cards.find()[0], channel="C1", ts="1.1"))
        self.first, self.second = self._replica(), self._replica()

    def _replica(self) -> Cards:
        slack = Slack(cast(Any, self.message), self.budgets, lambda value: value)
        transactions = Transactions(self.world.domain, cast(Database, Kept(self.world)))
        cards = Cards(transactions, slack, draw, lambda: self.seconds)
        cards.pace = 0.0
        return cards

    def rename(self, title: str) -> None:
        """Change what the card shows."""

        def operation(tx: Tx) -> None:
            run = tx.runs.find()[0]
            tx.runs.save(run, title=title)
            tx.incidents.save(tx.incidents.find()[0], title=title)
            tx.cards.touch(run.id)

        self.world.ask(operation)

    async def drawn(self, cards: Cards) -> None:
        """Return when this replica has nothing left to draw."""
        async with asyncio.timeout(GUARD_S):
            await cards._workers.work_on(self.card)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


async def test_a_card_that_waited_for_its_turn_is_sent_as_it_is_then(scene: Scene) -> None:
    drawing = asyncio.create_task(scene.drawn(scene.first))
    await scene.budgets.asked.wait()
    scene.rename("Search is down")
    scene.budgets.free.set()
    await drawing
    assert ["Search is down" in update for update in scene.message.updates] == [True]


async def test_a_card_that_another_replica_drew_meanwhile_costs_no_update(scene: Scene) -> None:
    drawing = asyncio.create_task(scene.drawn(scene.first))
    await scene.budgets.asked.wait()
    scene.world.ask(lambda tx: [tx.cards.save(card, shown=card.wanted) for card in tx.cards.find()])
    scene.budgets.free.set()
    await drawing
    assert scene.message.updates == []


async def test_a_card_whose_older_update_arrives_last_is_drawn_again(scene: Scene) -> None:
    scene.budgets.free.set()
    scene.message.free.clear()
    scene.first.wake(scene.card)
    await scene.message.held.wait()
    await scene.first._workers.drop()
    scene.rename("Search is down")
    await scene.drawn(scene.second)
    scene.message.arrives()
    assert ["Search is down" in update for update in scene.message.updates] == [True, False]
    scene.seconds = ARRIVED
    await scene.first.sweep()
    await scene.drawn(scene.first)
    assert "Search is down" in scene.message.updates[-1]


async def test_an_update_that_was_cut_short_has_the_card_drawn_once_more_only(scene: Scene) -> None:
    scene.budgets.free.set()
    scene.message.free.clear()
    scene.first.wake(scene.card)
    await scene.message.held.wait()
    await scene.first._workers.drop()
    await scene.drawn(scene.second)
    for scene.seconds in (0.0, ARRIVED, ARRIVED * 2):
        await scene.first.sweep()
        await scene.drawn(scene.first)
    assert len(scene.message.updates) == 2


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        ({"id": 1}, True),
        ({"id": 1, "ts": "1.1"}, False),
        ({"id": 1, "state": "retired"}, False),
        ({"id": 1, "held_since": NOON, "held_until": NOON}, True),
        ({"id": 1, "held_since": NOON}, False),
        ({"id": 3}, False),
    ],
)
def test_a_card_waits_for_those_before_it_that_are_still_to_be_posted(other: dict[str, Any], waits: bool) -> None:
    made = {"run_id": 1, "page": "main", "op_id": "op", "channel": "C1"}
    assert comes_before(Card(**{**made, **other}), Card(id=2, **made)) is waits
