"""Whom incidents call."""

from bot.alerts.calling import KINDS, call_off, call_roles
from bot.alerts.declared import call_for
from bot.alerts.invitations import is_there
from bot.alerts.model import Call, Way
from bot.alerts.outcome import not_done
from bot.domain import Domain
from bot.domain.subscribing import on
from bot.effects.events import NotDelivered
from bot.incidents.events import (
    IncidentAcknowledged,
    IncidentDeclared,
    IncidentReopened,
    ItemReopened,
    MemberJoined,
    SeverityChanged,
)
from bot.ports import Tx
from bot.runs.events import StepStarted
from bot.steps.notify import Notify


def call_first(domain: Domain, tx: Tx, event: IncidentDeclared) -> None:
    """Whom the severity calls."""
    call_for(domain, tx, event.run, event.severity, event.procedure)


def call_more(domain: Domain, tx: Tx, event: SeverityChanged) -> None:
    """It got worse: whom the worse severity calls."""
    if event.worse:
        call_for(domain, tx, event.run, event.severity, event.procedure)


def call_again(domain: Domain, tx: Tx, event: IncidentReopened) -> None:
    """It is not over: whom the severity calls."""
    run = tx.runs.get(event.incident.run_id)
    assert run
    severity = domain.runbook_of(tx, run).severity(event.incident.severity)
    call_for(domain, tx, run, severity, domain.procedure_of(tx, run))


def call_for_item(domain: Domain, tx: Tx, event: StepStarted) -> None:
    """An item that alerts people has begun."""
    if isinstance(step := event.step, Notify):
        call_roles(domain, tx, event.run, step.roles, Call(step.id, event.record.attempt, 0, step.message))


def call_off_item(domain: Domain, tx: Tx, event: ItemReopened) -> None:
    """What is on its way to people for the item does not count any more."""
    call_off(tx, event.run_id, event.step_id)


def note_arrival(domain: Domain, tx: Tx, event: MemberJoined) -> None:
    """That somebody could not be invited is over."""
    is_there(tx, event.incident.run_id, event.user)


def call_next(domain: Domain, tx: Tx, event: NotDelivered) -> None:
    """An effect that should reach people is given up."""
    if event.effect.kind in KINDS and event.effect.state == "dead":
        not_done(domain, tx, event.effect)


def note_acknowledged(domain: Domain, tx: Tx, event: IncidentAcknowledged) -> None:
    """Who was called has said that they are on it."""
    people = domain.names_of(tx, event.by)
    for row in tx.alerts.find(run_id=event.run.id, person=people, way=(Way.MESSAGE, Way.PAGE)):
        tx.alerts.save(row, acknowledged_at=tx.now)


SUBSCRIBERS = (
    on(IncidentAcknowledged, note_acknowledged),
    on(IncidentDeclared, call_first),
    on(SeverityChanged, call_more),
    on(IncidentReopened, call_again),
    on(StepStarted, call_for_item),
    on(ItemReopened, call_off_item),
    on(NotDelivered, call_next),
    on(MemberJoined, note_arrival),
)
