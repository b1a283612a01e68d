"""What deploys and rollbacks make of what happens elsewhere."""

from bot.deploys.approval.approve import judge_again, review
from bot.deploys.ending.follow_up import follow
from bot.deploys.queue import look_again
from bot.deploys.rollbacks.decide import plan_comparing
from bot.domain import Domain
from bot.domain.subscribing import on
from bot.holds.events import HoldsChanged
from bot.incidents.events import (
    BecameConfidential,
    IncidentClosed,
    IncidentDeclared,
    IncidentReopened,
    IncidentResolved,
    SeverityChanged,
)
from bot.ports import Tx
from bot.power.events import PowersChanged, RolesChanged
from bot.runs.events import RunEnded, StepSettled
from bot.runs.model import GateKind
from bot.runs.outcome import Failed

GateChange = HoldsChanged | IncidentDeclared | SeverityChanged | IncidentResolved | IncidentClosed | IncidentReopened
"""What changes what stands in the way of deploys."""


def look_at_gates(domain: Domain, tx: Tx, event: GateChange) -> None:
    """Something else stands in the way of what waits, or does not any more."""
    look_again(tx)


def hide_name(domain: Domain, tx: Tx, event: BecameConfidential) -> None:
    """The gates of what waits are written anew, without the incident's name."""
    judge_again(domain, tx)


def review_approvals(domain: Domain, tx: Tx, event: RolesChanged | PowersChanged) -> None:
    """Approvals of who may not approve any more are void."""
    review(domain, tx)


def judge_by_powers(domain: Domain, tx: Tx, event: PowersChanged) -> None:
    """Gates name people."""
    judge_again(domain, tx)


def follow_end(domain: Domain, tx: Tx, event: RunEnded) -> None:
    """What had production is announced, watched, and held against the next deploy."""
    follow(domain, tx, event.run)


def compare_schema(domain: Domain, tx: Tx, event: StepSettled) -> None:
    """A rollback knows what it can go back to: the schema is compared with that."""
    if event.run.kind.goes_back and event.step.lists_deployments:
        plan_comparing(tx, event.run)


def set_policy(domain: Domain, tx: Tx, event: StepSettled) -> None:
    """A failed deploy is rolled back by itself when the runbook says so, unless somebody decides first."""
    run, after = event.run, domain.runbook_of(tx, event.run).deploys.rollback_after
    if not run.kind.builds or after is None or not isinstance(event.outcome, Failed):
        return
    if tx.gates.find(run_id=run.id, step_id=event.step.id, kind=GateKind.FAILED, state="open"):
        tx.timers.set("rollback", "rollback", tx.now + after, run.id)


SUBSCRIBERS = (
    on(StepSettled, compare_schema, set_policy),
    on(RunEnded, follow_end),
    on(HoldsChanged, look_at_gates),
    on(IncidentDeclared, look_at_gates),
    on(SeverityChanged, look_at_gates),
    on(IncidentResolved, look_at_gates),
    on(IncidentClosed, look_at_gates),
    on(IncidentReopened, look_at_gates),
    on(BecameConfidential, hide_name),
    on(RolesChanged, review_approvals),
    on(PowersChanged, review_approvals, judge_by_powers),
)
