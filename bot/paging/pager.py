"""Delivers pages: each once. What may have been sent is never sent again by itself; a person presses *Page again*."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.alerts.calling import page_person
from bot.alerts.model import Alert, AlertState, Way
from bot.alerts.outcome import settle
from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.integrations.paging.client import PageOutcome
from bot.paging.hearing import called, interrupted
from bot.paging.notices import Notice, begin, words_of
from bot.ports import Tx
from bot.text import say
from bot.waking import Lease

log = structlog.get_logger()

Send = Callable[[Notice], Awaitable[PageOutcome]]
AGAIN_AFTER = (1.0, 4.0)
"""Seconds until an address that certainly was not called is called again."""


def page_deliverer(
    transactions: Transactions, lease: Lease | None, send: Send, again_after: Sequence[float] = AGAIN_AFTER
) -> Deliver:
    """The deliverer of `page` effects."""

    async def deliver(effect: Effect) -> Delivered:
        if "alert" not in effect.payload:
            return _planned_before(effect)
        alert, words = await transactions.look(_asked, effect)
        if alert is None or words is None or alert.state.settled:
            return Delivered({"skipped": say("nobody is to be paged any more")})
        if alert.state is AlertState.SENDING:
            return Delivered(then=lambda domain, tx: interrupted(domain, tx, alert.id))
        person = transactions.domain.team.people.get(alert.person)
        if person is None or not person.page:
            why = say("the team file has no pager of theirs")
            return Delivered(then=lambda domain, tx: settle(domain, tx, alert.id, AlertState.UNREACHED, why))
        if lease:
            await lease.hold()
        notices = await transactions.do(begin, alert.id, words)
        if not notices:
            return Delivered({"skipped": say("another replica pages")})
        outcomes = await _call(send, notices, again_after)
        return Delivered(then=lambda domain, tx: called(domain, tx, alert.id, outcomes))

    return deliver


async def _call(send: Send, notices: Sequence[Notice], again_after: Sequence[float]) -> dict[int, PageOutcome]:
    """Call every address at once; those that certainly were not called once more after each wait, until one was."""
    outcomes = dict(zip(notices, await asyncio.gather(*(_sure(send, each) for each in notices)), strict=True))
    for wait in again_after:
        left = [notice for notice, outcome in outcomes.items() if not outcome.ok and not outcome.unsure]
        if not left or any(outcome.ok for outcome in outcomes.values()):
            break
        await asyncio.sleep(wait)
        outcomes |= zip(left, await asyncio.gather(*(_sure(send, each) for each in left)), strict=True)
    return {notice.call.id: outcome for notice, outcome in outcomes.items()}


async def _sure(send: Send, notice: Notice) -> PageOutcome:
    """An outcome also when there is a defect of ours: then nobody knows whether it was sent."""
    try:
        return await send(notice)
    except Exception:
        log.exception("page.defect", scheme=notice.call.scheme)
        return PageOutcome(notice.call.scheme, False, say("internal error in NeonOps, see its log."), unsure=True)


def _planned_before(effect: Effect) -> Delivered:
    """A page that an older NeonOps planned: nothing is known of its person but the name, and it is sent once."""

    def anew(domain: Domain, tx: Tx) -> None:
        run = tx.runs.get(effect.run_id)
        if run and effect.attempts == 1:
            row = Alert(0, run.id, effect.step_id or "", 1, 0, effect.payload["person"], Way.PAGE, tx.now)
            page_person(tx, run, tx.alerts.add(row))

    return Delivered(then=anew, settles=False)


def _asked(domain: Domain, tx: Tx, effect: Effect) -> tuple[Alert | None, str | None]:
    """Who is to be paged, and what they are sent."""
    return tx.alerts.get(effect.payload["alert"]), words_of(tx, effect.run_id)
