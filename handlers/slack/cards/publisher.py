"""The publisher of cards: one update in flight a message, at most one a second, and the last state always wins.

A card is drawn from the database when it is sent. 200 clicks on it raise `wanted` 200 times and cost a handful of
updates. A post whose answer was lost is looked for by its op_id before it is posted again; `message_not_found`
re-posts. An update that was cut short may arrive after a newer one, of another replica even: the card is drawn again.
No refusal ends a card: it is held, tried again now and then and at each change, and somebody is told once.
The cards of a run are posted in order: each waits until the one before it stands, or can never stand.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from bot.delivery.urgency import urgency
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import FIRST, LATER, SOON
from bot.errors import Refusal
from bot.machine.workers import Workers
from bot.ports import Tx
from bot.runs.model import Card, Run
from bot.waking import Waker
from handlers.slack.blocks.elements import Message
from handlers.slack.cards.refusals import refused, unchanged, wake_next
from handlers.slack.cards.view import CardView, read_view
from handlers.slack.client.api import Later, Lost, Refused, Slack, SlackError
from handlers.slack.client.lookup import find_message, metadata

log = structlog.get_logger()

PACE = 1.1
"""Seconds between two updates of one message."""
SLOWEST = 30.0
ARRIVED = 5.0
"""Seconds after which an update that was cut short has reached Slack, if it ever does."""


class Cards:
    """Keeps every card as the database has it. `wake` may be called at any time, from the event loop."""

    pace = PACE

    def __init__(
        self,
        transactions: Transactions,
        slack: Slack,
        draw: Callable[[CardView], Message],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transactions, self._slack, self._draw, self._clock = transactions, slack, draw, clock
        self._workers = Workers("card", self._keep)
        self._posted = asyncio.Event()
        self._unsure: dict[int, float] = {}
        """Cards with an update that was cut short, and when."""

    def join(self, waker: Waker) -> None:
        """Have cards drawn when a commit names them, and hear when one stands, whichever replica posted it."""
        waker.serve("card", self._workers, int)
        waker.tell("posted", self._heard)

    def _heard(self, _: str) -> None:
        self._posted.set()
        self._posted = asyncio.Event()

    async def first_shown(self, run_id: int, patience: float = 10.0) -> None:
        """Return when the run's first card stands (or has failed, or `patience` is over): nothing is said before it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    posted = self._posted
                    if await self._transactions.read(lambda tx: _first_stands(tx, run_id)):
                        return
                    await posted.wait()

    def wake(self, card_id: int) -> None:
        """Show a card's newest state."""
        self._workers.wake(card_id)

    async def sweep(self) -> None:
        """Wake the cards that Slack shows in an older state: what a crash left, or an update that came late."""
        arrived = [card_id for card_id, at in self._unsure.items() if self._clock() - at >= ARRIVED]
        if arrived:
            await self._transactions.do(_again, arrived)
        for card_id in arrived:
            del self._unsure[card_id]
        for card_id in await self._transactions.read(lambda tx: tx.cards.dirty()):
            if card_id not in self._workers:
                self.wake(card_id)

    async def stop(self, patience: float = 5.0) -> None:
        """Let updates in flight end."""
        await self._workers.stop(patience)

    async def _keep(self, card_id: int, woken: asyncio.Event) -> None:
        failures = 0
        while woken.is_set() and not self._workers.stopping:
            woken.clear()
            try:
                wait = self.pace if await self._show(card_id) else 0.0
                failures = 0
            except Later as limited:
                wait = limited.seconds
                woken.set()
            except (SlackError, Refusal) as failure:
                failures += 1
                log.warning("card.postponed", card=card_id, why=str(failure))
                wait = min(SLOWEST, 0.5 * 2**failures)
                woken.set()
            if wait:
                await asyncio.sleep(wait)

    async def _show(self, card_id: int) -> bool:
        """Send the newest state, if Slack has an older one; whether a call was made."""
        shown = await self._transactions.look(_drawn, card_id, self._draw)
        if shown and shown.card.ts and await self._slack.turn("chat.update", priority=shown.priority):
            # Drawn before a wait, it would be sent as it was then, and cost another turn.
            shown = await self._transactions.look(_drawn, card_id, self._draw)
        if shown is None:
            return False
        card, message = shown.card, shown.message
        try:
            await (self._update(card, message) if card.ts else self._post(card, message, shown.priority))
        except Refused as refusal:
            await self._transactions.do(refused, card, refusal)
        return True

    async def _update(self, card: Card, message: Message) -> None:
        try:
            await self._slack.call_in_turn(
                "chat.update", channel=card.channel, ts=card.ts, text=message.text, blocks=message.blocks
            )
        except (Lost, asyncio.CancelledError):
            self._unsure[card.id] = self._clock()
            raise
        await self._transactions.do(_updated, card)

    async def _post(self, card: Card, message: Message, priority: int) -> None:
        assert card.channel
        # What a message shows whose answer was lost is not known: it is updated next.
        ts, shown = None, 0
        if card.attempts:
            ts = await find_message(self._slack, card.channel, card.op_id)
        else:
            await self._transactions.do(_trying, card.id)
        if ts is None:
            posted = await self._slack.call(
                "chat.postMessage",
                priority=priority,
                channel=card.channel,
                text=message.text,
                blocks=message.blocks,
                metadata=metadata(card.op_id),
                unfurl_links=False,
                unfurl_media=False,
            )
            ts, shown = str(posted["ts"]), card.wanted
            # A message to a person (U…) stands in a conversation of its own (D…): that is where it is edited.
            card = replace(card, channel=str(posted.get("channel") or card.channel))
        await self._transactions.do(_posted, card, ts, shown)


def _first_stands(tx: Tx, run_id: int) -> bool:
    cards = tx.cards.find(run_id=run_id, limit=1)
    return not cards or cards[0].ts is not None or cards[0].state != "live" or cards[0].held_since is not None


@dataclass(frozen=True)
class Drawn:
    """A card as it is to be shown, and its place among all that is sent to Slack."""

    card: Card
    message: Message
    priority: int


def _drawn(domain: Domain, tx: Tx, card_id: int, draw: Callable[[CardView], Message]) -> Drawn | None:
    card = tx.cards.get(card_id)
    if card is None or card.state != "live" or card.channel is None or card.shown >= card.wanted:
        return None
    if card.ts is None and any(comes_before(each, card) for each in tx.cards.find(run_id=card.run_id)):
        return None
    view = read_view(domain, tx, card)
    return Drawn(card, draw(view), urgency(domain, tx, view.run, SOON if card.ts else FIRST)) if view else None


def comes_before(other: Card, card: Card) -> bool:
    """Whether the other card of the run is still to be posted, and before this one."""
    never = other.held_since is not None and other.held_until is None
    return other.id < card.id and other.state == "live" and other.ts is None and not never


def _trying(domain: Domain, tx: Tx, card_id: int) -> None:
    card = tx.cards.get(card_id)
    assert card
    tx.cards.save(card, attempts=card.attempts + 1)


def _again(domain: Domain, tx: Tx, card_ids: Iterable[int]) -> None:
    """Have cards drawn although nothing has changed: Slack may show them in an older state than it was sent last."""
    for card_id in card_ids:
        card = tx.cards.get(card_id)
        if card and card.ts and card.state == "live":
            tx.cards.save(card, wanted=card.wanted + 1)
            tx.wake("card", card.id)


def _updated(domain: Domain, tx: Tx, card: Card) -> None:
    tx.cards.save(card, shown=card.wanted, error=None, held_since=None, held_until=None)


def _posted(domain: Domain, tx: Tx, card: Card, ts: str, shown: int) -> None:
    if not unchanged(tx, card):
        return
    tx.cards.save(card, channel=card.channel, shown=shown, ts=ts, error=None, held_since=None, held_until=None)
    tx.wake("posted", card.run_id)
    wake_next(tx, card)
    if shown < card.wanted:
        tx.wake("card", card.id)
    run = tx.runs.get(card.run_id)
    if run and run.kind.led and card.page in ("main", _first_page(tx, run)):
        payload = {"channel": card.channel, "ts": ts}
        tx.effects.plan("channel.pin", f"run:{run.id}:pin", payload, run_id=run.id, priority=LATER)


def _first_page(tx: Tx, run: Run) -> str:
    return tx.cards.find(run_id=run.id, limit=1)[0].page
