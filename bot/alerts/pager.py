"""Delivers pages: each once. What may have been sent is never sent again by itself; a person presses *Page again*."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.alerts.model import Alert, AlertState
from bot.alerts.outcome import settle
from bot.delivery import Deliver, Delivered
from bot.desk import Desk
from bot.effects import Effect
from bot.incidents.access import page_words
from bot.integrations.paging import PageOutcome, page
from bot.office import Office
from bot.ports import Tx
from bot.text import say
from bot.waking import Lease

Page = Callable[[Sequence[str], str, str], Awaitable[list[PageOutcome]]]
AGAIN_AFTER = (1.0, 4.0)
"""Seconds until a pager that certainly was not called is called again."""


def page_deliverer(desk: Desk, lease: Lease | None, send: Page = page) -> Deliver:
    """The deliverer of `page` effects."""

    async def deliver(effect: Effect) -> Delivered:
        alert, words = await desk.look(_asked, effect)
        if words and "alert" not in effect.payload:
            return await _as_planned_before(desk, effect, words, send)
        if alert is None or words is None:
            return Delivered({"skipped": "nobody is to be paged any more"})
        if alert.state is AlertState.SENDING:
            return _settled(alert.id, AlertState.UNSURE, say("NeonOps was interrupted while it paged"))
        person = desk.office.team.people.get(alert.person)
        if person is None or not person.page:
            return _settled(alert.id, AlertState.UNREACHED, say("the team file has no pager of theirs"))
        await desk.do(_sending, alert.id)
        if lease:
            await lease.hold()
        outcomes = await _called(person.page, words, send)
        return _settled(alert.id, *judged(outcomes))

    return deliver


async def _as_planned_before(desk: Desk, effect: Effect, words: str, send: Page) -> Delivered:
    """A page that an older NeonOps planned: nothing is known of its person but the name, and it is sent once."""
    person = desk.office.team.people.get(effect.payload["person"])
    if person and effect.attempts == 1:
        await _called(person.page, words, send)
    return Delivered()


def _asked(office: Office, tx: Tx, effect: Effect) -> tuple[Alert | None, str | None]:
    """Who is to be paged, and what they are sent."""
    return tx.alerts.get(effect.payload.get("alert", 0)), page_words(tx, effect.run_id)


def _sending(office: Office, tx: Tx, alert_id: int) -> None:
    alert = tx.alerts.get(alert_id)
    if alert:
        tx.alerts.save(alert, state=AlertState.SENDING)


async def _called(addresses: Sequence[str], words: str, send: Page) -> list[PageOutcome]:
    """Call all pagers of a person; those that certainly were not called, once more each time."""
    outcomes = await send(addresses, say("NeonOps: you are needed"), words)
    for wait in AGAIN_AFTER:
        left = [number for number, outcome in enumerate(outcomes) if not outcome.ok and not outcome.unsure]
        if not left or any(outcome.ok for outcome in outcomes):
            break
        await asyncio.sleep(wait)
        again = await send([addresses[number] for number in left], say("NeonOps: you are needed"), words)
        for number, outcome in zip(left, again, strict=True):
            outcomes[number] = outcome
    return outcomes


def judged(outcomes: Sequence[PageOutcome]) -> tuple[AlertState, str]:
    """What became of a person's pagers together, and by which, or why not."""
    sent = [outcome.url_scheme for outcome in outcomes if outcome.ok]
    if sent:
        return AlertState.REACHED, ", ".join(sent)
    why = "; ".join(f"{outcome.url_scheme}: {outcome.reason}" for outcome in outcomes)
    unsure = any(outcome.unsure for outcome in outcomes)
    return (AlertState.UNSURE if unsure else AlertState.UNREACHED), why


def _settled(alert_id: int, state: AlertState, how: str) -> Delivered:
    return Delivered({"state": str(state)}, lambda office, tx: settle(office, tx, alert_id, state, how))
