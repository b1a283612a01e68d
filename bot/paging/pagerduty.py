"""PagerDuty hears what becomes of what it was told to call for, and tells who acknowledged there."""

from dataclasses import dataclass

from bot.alerts.model import Way
from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.errors import Missing, OutsideError
from bot.integrations.pagerduty.client import PagerDuty
from bot.integrations.pagerduty.model import Action, routing_key_of
from bot.integrations.pagerduty.webhook import ACKNOWLEDGED, Told
from bot.integrations.paging.client import scheme_of
from bot.paging.answering import answered_in_pagerduty
from bot.paging.model import CallState, PagerCall
from bot.paging.notices import PAGERDUTY
from bot.ports import Tx

SETTLE, ANSWERED = "pagerduty.settle", "pagerduty.answered"
OURS = "neonops:"
LOOKS = 3
"""How often it is asked who somebody is, until they count as unknown."""


@dataclass(frozen=True)
class _Opened:
    routing_key: str | None
    key: str


def plan(domain: Domain, tx: Tx, run_id: int, action: Action) -> None:
    """Have PagerDuty told, for everybody who was called there: after what still has to be triggered."""
    for alert in tx.alerts.find(run_id=run_id, way=Way.PAGE):
        person = domain.team.people.get(alert.person)
        if person and any(scheme_of(each) == PAGERDUTY for each in person.page):
            payload = {"call": alert.id, "action": action}
            tx.effects.plan(SETTLE, f"page:{alert.id}", payload, run_id=run_id)


def take(domain: Domain, tx: Tx, event: Told) -> None:
    """One event of a webhook, once: somebody's acknowledgement of what we opened is looked at afterwards."""
    person, key = event.agent, event.data.key or ""
    if not tx.claims.claim(f"pagerduty:{event.id}") or event.kind != ACKNOWLEDGED:
        return
    if person is not None and person.is_person and key.startswith(OURS):
        tx.effects.plan(ANSWERED, f"pagerduty:{key}", {"key": key, "user": person.id, "name": person.name})


def pagerduty_deliverers(transactions: Transactions, client: PagerDuty) -> dict[str, Deliver]:
    """What is told there, and who it was that answered there."""

    async def settle(effect: Effect) -> Delivered:
        for opened in await transactions.look(_opened, effect.payload["call"]):
            await client.settle(opened.routing_key, opened.key, effect.payload["action"])
        return Delivered()

    async def answered(effect: Effect) -> Delivered:
        kept = effect.payload
        email = await _email(client, kept["user"], effect.attempts)
        return Delivered(then=lambda domain, tx: answered_in_pagerduty(domain, tx, kept["key"], email, kept["name"]))

    return {SETTLE: settle, ANSWERED: answered}


async def _email(client: PagerDuty, user: str, attempts: int) -> str | None:
    """A user's e-mail address; None when it cannot be known."""
    if not client.reads:
        return None
    try:
        return (await client.user(user)).email
    except Missing:
        return None
    except OutsideError:
        if attempts < LOOKS:
            raise
        return None


def _opened(domain: Domain, tx: Tx, alert_id: int) -> list[_Opened]:
    """What an alert opened there, as far as the team file still has the addresses."""
    alert = tx.alerts.get(alert_id)
    person = domain.team.people.get(alert.person) if alert else None
    pages = dict(enumerate(person.page)) if person else {}
    calls = tx.rows(PagerCall).find(alert_id=alert_id, scheme=PAGERDUTY)
    return [
        _Opened(routing_key_of(pages[each.number]), each.key)
        for each in calls
        if each.state is not CallState.FAILED and scheme_of(pages.get(each.number, "")) == PAGERDUTY
    ]
