"""Paging again those of whom it is not certain that they were paged, when a person asks for it."""

from dataclasses import dataclass

from bot.alerts.calling import page_person
from bot.alerts.model import Alert, AlertState, Way
from bot.domain import Domain
from bot.errors import Refusal
from bot.people import Actor
from bot.ports import Tx
from bot.runs.checklist.items import may_work
from bot.text import say


@dataclass(frozen=True)
class AlertRef:
    """The alerts of an item of a run; of the run as a whole when the item is empty."""

    run_id: int
    item: str


def not_paged(alerts: list[Alert], item: str) -> list[Alert]:
    """Who, in the item's last attempt, was not paged for certain."""
    pages = [alert for alert in alerts if alert.item == item and alert.way is Way.PAGE]
    last = max((alert.step_attempt for alert in pages), default=0)
    missed = (AlertState.UNSURE, AlertState.UNREACHED)
    return [alert for alert in pages if alert.step_attempt == last and alert.state in missed]


def page_again(domain: Domain, tx: Tx, actor: Actor, ref: AlertRef) -> None:
    """Call the pagers once more of all whom it is not certain of."""
    run = tx.runs.get(ref.run_id)
    if run is None:
        raise Refusal(say("This run no longer exists."))
    may_work(domain, tx, actor, run)
    missed = not_paged(tx.alerts.find(run_id=run.id), ref.item)
    if not missed:
        raise Refusal(say("Nothing was done: everybody with a pager was paged or is being paged."))
    for alert in missed:
        page_person(tx, run, tx.alerts.save(alert, state=AlertState.ASKED, how=""))
    tx.timeline.record("page.asked", actor, run.id, people=[alert.person for alert in missed])
    tx.cards.touch(run.id)
