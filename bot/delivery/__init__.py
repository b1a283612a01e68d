"""Delivers effects: in order within a target, targets beside one another, again only when that is safe.

The intent (`sending`) is written before each try and the outcome after it. An effect that is found `sending` was tried
and its answer is unknown: its deliverer looks whether it happened (`effect.attempts` > 1 tells it so) before it acts.
What fails is given up by time, never by the number of tries, however long each of them waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.delivery.urgency import in_turn
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import LEAST_TRIES, MINUTES, Effect, Patience
from bot.effects.events import NotDelivered
from bot.effects.wording import named
from bot.errors import Refusal
from bot.machine.workers import Workers
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.engine import settling
from bot.runs.outcome import Done, Failed
from bot.text import say
from bot.waking import Waker

log = structlog.get_logger()

SWEPT = 30.0
"""Waits longer than this are left to the sweep."""


class Undelivered(Exception):
    """It was not (or may not have been) done now; try again in `seconds` (None = by the number of tries)."""

    def __init__(self, why: str, seconds: float | None = None, patience: Patience = MINUTES) -> None:
        super().__init__(why)
        self.seconds, self.patience = seconds, patience


class Undeliverable(Exception):
    """It can never be done like this."""


@dataclass(frozen=True)
class Delivered:
    """It was done. `then` runs in the transaction that writes so. `settles`: the step is done with it."""

    result: dict[str, Any] = field(default_factory=dict)
    then: Callable[[Domain, Tx], object] | None = None
    settles: bool = True


Deliver = Callable[[Effect], Awaitable[Delivered]]


class Delivery:
    """The worker. `wake` may be called at any time, from the event loop."""

    def __init__(self, transactions: Transactions, deliverers: Mapping[str, Deliver]) -> None:
        self._transactions, self._deliverers = transactions, deliverers
        self._workers = Workers("effects", self._drain)

    def join(self, waker: Waker) -> None:
        """Have the targets of effects delivered when a commit names them."""
        waker.serve("target", self._workers, str)

    def wake(self, target: str) -> None:
        """Deliver what the target has to do."""
        self._workers.wake(target)

    async def sweep(self) -> None:
        """Wake every target with something that is due: what a crash or a back-off left."""
        for target in await self._transactions.read(lambda tx: tx.effects.targets(tx.now)):
            if target not in self._workers:
                self.wake(target)

    async def stop(self, patience: float = 5.0) -> None:
        """Let what is being delivered end, for `patience` seconds; nothing new is begun."""
        await self._workers.stop(patience)

    async def _drain(self, target: str, woken: asyncio.Event) -> None:
        woken.clear()
        try:
            while not self._workers.stopping and (effect := await self._transactions.do(claim, target)):
                await self._deliver(effect)
        except Refusal as refusal:
            log.warning("delivery.postponed", target=target, why=refusal.sentence)

    async def _deliver(self, effect: Effect) -> None:
        try:
            delivered = await self._deliverers[effect.kind](effect)
        except Undelivered as failure:
            await self._try_again(effect, failure)
        except Undeliverable as failure:
            await self._transactions.do(give_up, effect, str(failure))
        except Refusal as refusal:
            await self._try_again(effect, Undelivered(refusal.sentence))
        except Exception:
            log.exception("effect.defect", kind=effect.kind, target=effect.target)
            await self._transactions.do(give_up, effect, say("internal error in NeonOps, see its log."))
        else:
            await self._conclude(effect, delivered)

    async def _conclude(self, effect: Effect, delivered: Delivered) -> None:
        """Write that it was done. When what follows from it has a defect, the effect is dead, not tried for ever."""
        try:
            await self._transactions.do(conclude, effect, delivered)
        except Refusal:
            raise
        except Exception:
            log.exception("effect.defect", kind=effect.kind, target=effect.target)
            await self._transactions.do(give_up, effect, say("internal error in NeonOps, see its log."))

    async def _try_again(self, effect: Effect, failure: Undelivered) -> None:
        wait = wait_before(effect, failure)
        if await self._transactions.do(postpone, effect, failure, wait) and wait <= SWEPT:
            asyncio.get_running_loop().call_later(wait, self.wake, effect.target)


def wait_before(effect: Effect, failure: Undelivered) -> float:
    """Seconds until the next try: what was said, else more with each try."""
    if failure.seconds is not None:
        return failure.seconds
    return float(min(failure.patience.slowest, 0.5 * 2 ** min(effect.attempts, 16)))


def claim(domain: Domain, tx: Tx, target: str) -> Effect | None:
    """The target's next effect, marked as being tried; None when there is none, or it must wait."""
    effect = tx.effects.next(target)
    if effect is None or effect.due_at > tx.now:
        return None
    if effect.after is not None:
        first = tx.effects.get(effect.after)
        if first and first.state == "dead":
            bury(domain, tx, effect, say("what it depends on was not done"))
            return claim(domain, tx, target)
        if first and first.state != "done":
            return None
    tried_at = effect.tried_at or tx.now
    claimed = tx.effects.save(effect, state="sending", attempts=effect.attempts + 1, tried_at=tried_at)
    return in_turn(domain, tx, claimed)


def _still_ours(tx: Tx, effect: Effect) -> bool:
    """Whether this try is still the last one: a replica that was away finds that another has tried after it."""
    known = tx.effects.get(effect.seq)
    ours = known is not None and known.state in ("pending", "sending") and known.attempts == effect.attempts
    if not ours:
        log.info("effect.fenced", seq=effect.seq, kind=effect.kind)
    return ours


def conclude(domain: Domain, tx: Tx, effect: Effect, delivered: Delivered) -> None:
    """Write that the effect was done, and what follows from it; nothing when another try has begun meanwhile."""
    if not _still_ours(tx, effect):
        return
    tx.effects.save(effect, state="done", result=delivered.result, error=None)
    if delivered.then:
        delivered.then(domain, tx)
    if effect.step_id and effect.run_id and delivered.settles:
        found = str(delivered.result.get("found", ""))
        settling.delivered(domain, tx, effect.run_id, effect.step_id, Done(found))
    _wake_followers(tx, effect)


def postpone(domain: Domain, tx: Tx, effect: Effect, failure: Undelivered, seconds: float) -> bool:
    """Have the effect tried again in `seconds`, or give it up when that has gone on for too long; whether it is."""
    if over(effect, failure.patience, tx.now):
        give_up(domain, tx, effect, str(failure))
        return False
    put_off(domain, tx, effect, str(failure), seconds)
    if failure.patience.held and _still_ours(tx, effect):
        _hold(domain, tx, effect, str(failure))
    return True


def over(effect: Effect, patience: Patience, now: datetime) -> bool:
    """Whether an effect that failed once more has been tried for as long as patience lasts."""
    return effect.attempts >= LEAST_TRIES and now - (effect.tried_at or effect.created_at) >= patience.lasts


def _hold(domain: Domain, tx: Tx, effect: Effect, why: str) -> None:
    """Show that the effect waits for somebody to mend what is in its way."""
    held = tx.effects.save(effect, state="held")
    if effect.error == why:
        return
    tx.timeline.record("effect.held", ROBOT, effect.run_id, effect=named(effect), why=why)
    if effect.step_id and effect.run_id:
        settling.waits(domain, tx, effect.run_id, effect.step_id, why)
    domain.publish(tx, NotDelivered(held))
    if effect.run_id:
        tx.cards.touch(effect.run_id)


def put_off(domain: Domain, tx: Tx, effect: Effect, why: str, seconds: float) -> None:
    """Write that the effect is to be tried again."""
    if _still_ours(tx, effect):
        tx.effects.save(effect, due_at=tx.now + timedelta(seconds=seconds), error=why)


def give_up(domain: Domain, tx: Tx, effect: Effect, why: str) -> None:
    """Bury the effect, unless another try has begun meanwhile."""
    if _still_ours(tx, effect):
        bury(domain, tx, effect, why)


def bury(domain: Domain, tx: Tx, effect: Effect, why: str) -> None:
    """Give the effect up until a person presses Retry: the timeline and the card say so."""
    dead = tx.effects.save(effect, state="dead", error=why)
    tx.timeline.record("effect.failed", ROBOT, effect.run_id, effect=named(effect), why=why)
    if effect.step_id and effect.run_id:
        settling.delivered(domain, tx, effect.run_id, effect.step_id, Failed(why))
    domain.publish(tx, NotDelivered(dead))
    if effect.run_id:
        tx.cards.touch(effect.run_id)
    _wake_followers(tx, effect)


def revive(domain: Domain, tx: Tx, run_id: int) -> int:
    """Try the run's effects again that are dead or held; returns how many."""
    found = tx.effects.find(run_id=run_id, state=("dead", "held"))
    for effect in found:
        tx.effects.save(effect, state="sending", attempts=1, due_at=tx.now, tried_at=tx.now)
        if effect.step_id:
            settling.redeliver(tx, run_id, effect.step_id)
        tx.wake("target", effect.target)
    tx.cards.release(run_id=run_id)
    tx.cards.touch(run_id)
    return len(found)


def mended(domain: Domain, tx: Tx, channel: str | None = None) -> None:
    """What was in the way may be mended (in this channel, or anywhere): what was held for it is tried now."""
    tx.effects.release()
    tx.cards.release(**({"channel": channel} if channel else {}))


def _wake_followers(tx: Tx, effect: Effect) -> None:
    for target in tx.effects.followers(effect.seq):
        tx.wake("target", target)
