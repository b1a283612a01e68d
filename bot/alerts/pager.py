"""Delivers pages: each once. What may have been sent is never sent again by itself; a person presses *Page again*."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.alerts.model import Alert, AlertState
from bot.alerts.outcome import settle
from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.incidents.access import page_words
from bot.integrations.paging.client import PageOutcome, page
from bot.ports import Tx
from bot.text import say
from bot.waking import Lease

Page = Callable[[Sequence[str], str, str], Awaitable[list[PageOutcome]]]
AGAIN_AFTER = (1.0, 4.0)
"""Seconds until a pager that certainly was not called is called again."""


def page_deliverer(
    transactions: Transactions, lease: Lease | None, send: Page = page, again_after: Sequence[float] = AGAIN_AFTER
) -> Deliver:
    """The deliverer of `page` effects."""
    pagers = _Pagers(send, again_after)

    async def deliver(effect: Effect) -> Delivered:
        alert, words = await transactions.look(_asked, effect)
        if words and "alert" not in effect.payload:
            return await _as_planned_before(transactions, effect, words, pagers)
        if alert is None or words is None or alert.state.settled:
            return Delivered({"skipped": say("nobody is to be paged any more")})
        if alert.state is AlertState.SENDING:
            return _settled(alert.id, AlertState.UNSURE, say("NeonOps was interrupted while it paged"))
        person = transactions.domain.team.people.get(alert.person)
        if person is None or not person.page:
            return _settled(alert.id, AlertState.UNREACHED, say("the team file has no pager of theirs"))
        if lease:
            await lease.hold()
        if not await transactions.do(_sending, alert.id):
            return Delivered({"skipped": say("another replica pages")})
        return _settled(alert.id, *judged(await pagers.call(person.page, words)))

    return deliver


@dataclass(frozen=True)
class _Pagers:
    """Calls all pagers of a person; those that certainly were not called, once more after each wait (seconds)."""

    send: Page
    again_after: Sequence[float]

    async def call(self, addresses: Sequence[str], words: str) -> list[PageOutcome]:
        outcomes = await self.send(addresses, say("NeonOps: you are needed"), words)
        for wait in self.again_after:
            left = [number for number, outcome in enumerate(outcomes) if not outcome.ok and not outcome.unsure]
            if not left or any(outcome.ok for outcome in outcomes):
                break
            await asyncio.sleep(wait)
            again = await self.send([addresses[number] for number in left], say("NeonOps: you are needed"), words)
            for number, outcome in zip(left, again, strict=True):
                outcomes[number] = outcome
        return outcomes


async def _as_planned_before(transactions: Transactions, effect: Effect, words: str, pagers: _Pagers) -> Delivered:
    """A page that an older NeonOps planned: nothing is known of its person but the name, and it is sent once."""
    person = transactions.domain.team.people.get(effect.payload["person"])
    if person and effect.attempts == 1:
        await pagers.call(person.page, words)
    return Delivered()


def _asked(domain: Domain, tx: Tx, effect: Effect) -> tuple[Alert | None, str | None]:
    """Who is to be paged, and what they are sent."""
    return tx.alerts.get(effect.payload.get("alert", 0)), page_words(tx, effect.run_id)


def _sending(domain: Domain, tx: Tx, alert_id: int) -> bool:
    """Write the intent; False when somebody else did so first."""
    alert = tx.alerts.get(alert_id)
    if alert is None or alert.state is not AlertState.ASKED:
        return False
    tx.alerts.save(alert, state=AlertState.SENDING)
    return True


def judged(outcomes: Sequence[PageOutcome]) -> tuple[AlertState, str]:
    """What became of a person's pagers together, and by which, or why not."""
    sent = [outcome.url_scheme for outcome in outcomes if outcome.ok]
    if sent:
        return AlertState.REACHED, ", ".join(sent)
    why = "; ".join(f"{outcome.url_scheme}: {outcome.reason}" for outcome in outcomes)
    unsure = any(outcome.unsure for outcome in outcomes)
    return (AlertState.UNSURE if unsure else AlertState.UNREACHED), why


def _settled(alert_id: int, state: AlertState, how: str) -> Delivered:
    return Delivered({"state": str(state)}, lambda domain, tx: settle(domain, tx, alert_id, state, how))
