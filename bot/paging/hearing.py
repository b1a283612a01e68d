"""What becomes of calls: as their services answer at once, and as they tell later; the alert is all calls together."""

from collections.abc import Mapping, Sequence

from bot.alerts.model import AlertState
from bot.alerts.outcome import person_name, settle
from bot.domain import Domain
from bot.integrations.paging.client import PageOutcome
from bot.paging.model import CallState, PagerCall, further
from bot.people import ROBOT
from bot.ports import Tx
from bot.text import say


def called(domain: Domain, tx: Tx, alert_id: int, outcomes: Mapping[int, PageOutcome]) -> None:
    """The services have answered, by the ids of the calls."""
    for call_id, outcome in outcomes.items():
        _write(tx, tx.rows(PagerCall).get(call_id), _state_of(outcome), outcome.reason or "")
    _judge(domain, tx, alert_id)


def interrupted(domain: Domain, tx: Tx, alert_id: int) -> None:
    """NeonOps stopped between asking the services and hearing their answers: nobody knows whether they called."""
    why = say("NeonOps was interrupted while it paged")
    calls = tx.rows(PagerCall).find(alert_id=alert_id)
    news = [_write(tx, each, CallState.UNSURE, why) for each in calls]
    if all(news):
        settle(domain, tx, alert_id, AlertState.UNSURE, why)
    else:
        _judge(domain, tx, alert_id)


def heard(domain: Domain, tx: Tx, call_id: int, state: CallState, how: str = "") -> None:
    """A service tells later how far a call came."""
    call = tx.rows(PagerCall).get(call_id)
    if call and _write(tx, call, state, how):
        _judge(domain, tx, call.alert_id)


def _state_of(outcome: PageOutcome) -> CallState:
    if outcome.ok:
        return CallState.SENT
    return CallState.UNSURE if outcome.unsure else CallState.FAILED


def _write(tx: Tx, call: PagerCall | None, state: CallState, how: str) -> bool:
    """Whether this is news."""
    if call is None or further(call.state, state) is call.state:
        return False
    tx.rows(PagerCall).save(call, state=state, how=how)
    return True


def _judge(domain: Domain, tx: Tx, alert_id: int) -> None:
    """Bring the alert up to date, once every service has answered."""
    alert, calls = tx.alerts.get(alert_id), tx.rows(PagerCall).find(alert_id=alert_id, order="id")
    if alert is None or any(each.state is CallState.SENDING for each in calls):
        return
    state, how = judged(calls)
    if (alert.state, alert.how) != (state, how):
        settle(domain, tx, alert_id, state, how)
    if any(each.state is CallState.DELIVERED for each in calls) and alert.delivered_at is None:
        current = tx.alerts.get(alert_id)
        assert current
        tx.alerts.save(current, delivered_at=tx.now)
        tx.timeline.record("page.delivered", ROBOT, alert.run_id, person=person_name(domain, tx, alert.person), how=how)
        tx.cards.touch(alert.run_id)


def judged(calls: Sequence[PagerCall]) -> tuple[AlertState, str]:
    """What became of a person's addresses together, and by which, or why not: as they were called last."""
    accepted = [each.scheme for each in calls if each.state.accepted]
    if accepted:
        return AlertState.REACHED, ", ".join(dict.fromkeys(accepted))
    last = max(each.at for each in calls)
    why = "; ".join(f"{each.scheme}: {each.how}" for each in calls if each.at == last)
    unsure = any(each.state is CallState.UNSURE for each in calls)
    return (AlertState.UNSURE if unsure else AlertState.UNREACHED), why
