"""When the next status update is due, by the severity, and the reminder when it was not sent."""

from datetime import datetime

from bot.domain import Domain
from bot.effects import Timer
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.roles import teller_of
from bot.ports import Tx
from bot.runbook.model import Severity
from bot.runs.timers import remind
from bot.updates.model import StatusUpdate

KIND, KEY = "update", "next"


def set_due(tx: Tx, incident: Incident, severity: Severity, since: datetime) -> None:
    """The next one is due a while after `since`, of an open incident; one that should be out already, now."""
    for timer in tx.timers.find(run_id=incident.run_id, kind=KIND):
        tx.timers.save(timer, state="cancelled")
    if severity.update_every and incident.status is IncidentStatus.OPEN:
        tx.timers.set(KIND, KEY, max(since + severity.update_every, tx.now), incident.run_id)


def last_at(tx: Tx, incident: Incident) -> datetime:
    """When it was last told of: by an update, else by declaring it."""
    last = tx.rows(StatusUpdate).find(incident=incident.id, order="-id", limit=1)
    return last[0].at if last else incident.declared_at


def next_due(tx: Tx, incident: Incident) -> datetime | None:
    """When the next update of an open incident is due, or was and is not sent; None when none is."""
    found = tx.timers.find(run_id=incident.run_id, kind=KIND, state=("pending", "fired"), limit=1)
    return found[0].due_at if found and incident.status is IncidentStatus.OPEN else None


def remind_of_update(domain: Domain, tx: Tx, timer: Timer) -> None:
    """An update is due and was not sent: who sees to it is reminded, once."""
    (incident,) = tx.incidents.find(run_id=timer.of_run)
    run = tx.runs.get(incident.run_id)
    assert run
    remind(tx, timer, "timer.update", {"teller": teller_of(domain.runbook_of(tx, run), incident)})


TIMERS = {KIND: remind_of_update}
