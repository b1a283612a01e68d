"""The timers of incidents."""

from bot.domain import Domain
from bot.effects import Timer
from bot.ports import Tx
from bot.runs.timers import remind


def response_over(domain: Domain, tx: Tx, timer: Timer) -> None:
    """The response time is over: say so when nobody has acted."""
    incident = tx.incidents.find(run_id=timer.of_run)[0]
    if incident.responded_at is None:
        remind(tx, timer, "timer.response", {"declared_at": incident.declared_at.isoformat()})


TIMERS = {"response": response_over}
