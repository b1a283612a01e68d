"""What incidents make of what happens elsewhere: responses, Homes that show them, a channel that is not made."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.effects.events import NotDelivered
from bot.incidents.acknowledge import acknowledge, may_acknowledge
from bot.incidents.conduct import begin_again
from bot.incidents.declare import without_channel
from bot.incidents.homes import draw_home, draw_homes
from bot.incidents.model import IncidentStatus
from bot.people import ROBOT, absence
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.power.events import PowersChanged
from bot.runs.events import ItemDecided, StepSettled
from bot.runs.outcome import Failed
from bot.steps.health import HealthCheckStep


def draw_theirs(domain: Domain, tx: Tx, event: MemberChanged) -> None:
    """Somebody counts for nothing here from now on, or does again."""
    if absence(event.new) != absence(event.old):
        draw_home(tx, event.new)


def draw_all(domain: Domain, tx: Tx, event: PowersChanged) -> None:
    """Roles decide which confidential incidents somebody sees."""
    draw_homes(tx)


def show_elsewhere(domain: Domain, tx: Tx, event: NotDelivered) -> None:
    """An incident's channel cannot be made (now)."""
    if event.effect.kind == "channel.create":
        without_channel(domain, tx, event.effect)


def note_response(domain: Domain, tx: Tx, event: ItemDecided) -> None:
    """The first item that a person decides about is the response; to acknowledge takes more, unless it says so."""
    for incident in tx.incidents.find(run_id=event.run.id) if event.run.kind.led else ():
        if incident.responded_at is None:
            incident = tx.incidents.save(incident, responded_at=tx.now)
        severity = domain.runbook_of(tx, event.run).severity(incident.severity)
        if severity.acknowledged_by_work and may_acknowledge(domain, tx, event.by, incident):
            acknowledge(domain, tx, event.by, incident.id, "work")


def reopen_on_return(domain: Domain, tx: Tx, event: StepSettled) -> None:
    """What was resolved is back, as the item found that watches for it."""
    watches = isinstance(event.step, HealthCheckStep) and event.step.reopens and isinstance(event.outcome, Failed)
    for incident in tx.incidents.find(run_id=event.run.id, status=IncidentStatus.RESOLVED) if watches else ():
        begin_again(domain, tx, ROBOT, incident, event.run, event.outcome.found)


SUBSCRIBERS = (
    on(StepSettled, reopen_on_return),
    on(ItemDecided, note_response),
    on(MemberChanged, draw_theirs),
    on(PowersChanged, draw_all),
    on(NotDelivered, show_elsewhere),
)
