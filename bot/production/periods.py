"""Writing and reading what production was seen to be: the one source of every "live", "moved" and "rolled back"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.people import ROBOT
from bot.ports import Tx
from bot.production.inputs import ProductionInputs
from bot.production.model import LivePeriod
from bot.runbook.model import Procedure
from bot.runs.model import Run, RunState, StepRecord

LATE = "production"
"""The kind of timer of a run that has ended while a request of it had no outcome."""


@dataclass(frozen=True)
class Wanted:
    """What a run makes live: the deployment of a service, and what the step kept that asked for it (if it has)."""

    service: str
    deployment: str
    asked: Mapping[str, Any]
    asked_at: datetime | None


def went_live(tx: Tx, run: Run, wanted: Wanted, how: str = "production") -> LivePeriod:
    """Write that production was seen to be what the run wanted: once, whichever look saw it first."""
    known = tx.live_periods.find(run_id=run.id, service=wanted.service, deployment=wanted.deployment, over_at=None)
    if known:
        return known[0]
    if was_live := wanted.asked.get("was_live"):
        observe(tx, wanted.service, was_live, wanted.asked_at or tx.now)
    _close(tx, wanted.service, wanted.deployment, tx.now, run)
    moved = moved_by(run, wanted)
    tx.timeline.record("production.live", ROBOT, run.id, service=wanted.service, deployment=wanted.deployment,
                       how=how, moved=moved)  # fmt: skip
    _touch_led(tx)
    return tx.live_periods.add(LivePeriod(0, run.id, wanted.service, wanted.deployment, tx.now, how, moved))


def observe(tx: Tx, service: str, deployment: str, at: datetime) -> list[LivePeriod]:
    """Write that production is this: what was thought to be live is over then, moved by somebody outside NeonOps.

    `at`: when that was asked. Nothing is written when production was seen to move since then.
    """
    return [] if moved_since(tx, service, at) else _close(tx, service, deployment, at, None)


def moved_since(tx: Tx, service: str, at: datetime) -> bool:
    """Whether production was seen to move after this: what a look saw before says nothing any more."""
    newest = tx.live_periods.find(service=service, order="-id", limit=1)
    return any(each.seen_at > at for each in newest)


def somebody_moves_it(tx: Tx, environment: str = "production") -> bool:
    """Whether a run of ours may be moving production: what is seen now may be its doing, and nobody's outside."""
    return tx.locks.holder(environment) is not None or bool(tx.timers.find(kind=LATE, state="pending", limit=1))


def _close(tx: Tx, service: str, deployment: str, at: datetime, by: Run | None) -> list[LivePeriod]:
    standing = tx.live_periods.find(service=service, over_at=None)
    over = [each for each in standing if each.deployment != deployment and each.seen_at <= at]
    ended = {"over_at": at, "followed_by": deployment, "ended_by": by.id if by else None}
    over = [tx.live_periods.save(each, **ended) for each in over]
    for each in over:
        tx.timeline.record("production.moved", ROBOT, each.run_id, service=service, deployment=each.deployment,
                           to=deployment, by=by.id if by else None)  # fmt: skip
        tx.cards.touch(each.run_id)
        _touch_led(tx)
    return over


def _touch_led(tx: Tx) -> None:
    """Have the cards drawn anew that say what changed in production of late: those of incidents."""
    for run in tx.runs.find(state=RunState.ACTIVE):
        if run.kind.led:
            tx.cards.touch(run.id)


def periods_of(tx: Tx, run_id: int) -> list[LivePeriod]:
    """What the run was seen to have live, in the order in which it was seen."""
    return tx.live_periods.find(run_id=run_id, order="id")


def moved(tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment that this run was seen to move production to."""
    return {each.service: each.deployment for each in periods_of(tx, run.id) if each.moved}


def moved_by(run: Run, wanted: Wanted) -> bool:
    """Whether production came to be this by the run: what a deploy built was, also when Vercel was faster."""
    was_live = wanted.asked.get("was_live")
    if run.kind.builds:
        return True
    return was_live != wanted.deployment if was_live else wanted.asked.get("state") != "already_current"


def live_now(tx: Tx, run: Run) -> dict[str, str]:
    """Service -> the deployment of this run that is live, as far as anybody has seen."""
    return {each.service: each.deployment for each in periods_of(tx, run.id) if each.over_at is None}


def wanted_of(run: Run, procedure: Procedure, records: Mapping[str, StepRecord]) -> dict[str, Wanted]:
    """Service -> what the run makes live there, of those of which that is known by now."""
    steps = [step for _, step in procedure.steps() if step.service and step.id in records]
    built = {step.service: records[step.id].detail.get("deployment") for step in steps if step.builds}
    known = ProductionInputs.of(run).choice | {str(service): each for service, each in built.items() if each}
    moves = {str(step.service): records[step.id] for step in steps if step.moves_production}
    return {service: Wanted(service, deployment, record.detail, record.started_at) for service, record in moves.items()
            if (deployment := record.detail.get("deployment") or known.get(service))}  # fmt: skip


def durations(periods: Iterable[LivePeriod], wanted: Mapping[str, Wanted]) -> dict[str, timedelta]:
    """Service -> from the request to move its traffic until it was seen live."""
    asked = {service: each.asked_at for service, each in wanted.items()}
    return {each.service: each.seen_at - began for each in periods
            if each.moved and (began := asked.get(each.service))}  # fmt: skip
