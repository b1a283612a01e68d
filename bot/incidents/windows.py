"""The windows of an incident's phases: put off the reminder, or say that what is open is not needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.errors import Refusal
from bot.incidents.conduct import conducted
from bot.incidents.model import Incident, IncidentStatus
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.steps import AnyStep
from bot.runs.checklist.items import StepRef, skip, tick
from bot.runs.checklist.layout import steps_of
from bot.runs.model import Run, StepRecord
from bot.runs.start import records_of
from bot.text import say


@dataclass(frozen=True)
class PhaseRef:
    """A phase of a run."""

    run_id: int
    phase_id: str


def snooze(domain: Domain, tx: Tx, actor: Actor, ref: PhaseRef) -> datetime:
    """Remind of the phase again later; when that is."""
    _, run = _led(domain, tx, actor, ref.run_id)
    if not open_in(domain, tx, ref):
        raise Refusal(say("Nothing of this phase is open any more: there is nothing to remind of."))
    again = tx.now + domain.runbook_of(tx, run).reminders.snooze
    tx.timers.set("phase", ref.phase_id, again, run.id)
    tx.timeline.record("reminder.snoozed", actor, run.id, phase=ref.phase_id, until=again.isoformat())
    said = {"by": actor.user, "until": again.isoformat(), "phase": ref.phase_id}
    plan_message(tx, Outgoing((RUN,), "reminder.snoozed", said, thread="main"), f"run:{run.id}:say", run_id=run.id)
    tx.wake("timers")
    return again


def open_in(domain: Domain, tx: Tx, ref: PhaseRef) -> list[tuple[AnyStep, StepRecord]]:
    """The items of a phase that are neither done nor skipped."""
    run = tx.runs.get(ref.run_id)
    assert run
    phases = [phase for phase in domain.procedure_of(tx, run).phases if phase.id == ref.phase_id]
    records = records_of(tx, run.id)
    steps = (step for phase in phases for step in steps_of(phase, run.targets))
    return [(step, records[step.id]) for step in steps if not records[step.id].state.settled]


def settle(
    domain: Domain, tx: Tx, actor: Actor, run_id: int, done: Iterable[str], unneeded: Iterable[str], reason: str
) -> None:
    """Tick the items that are done, and skip those that are not needed, for one reason; the others stay open."""
    left = {name: each for name, each in records_of(tx, run_id).items() if not each.state.settled}
    refs = {name: StepRef(run_id, name, record.decision) for name, record in left.items()}
    for name in done:
        if name in refs:
            tick(domain, tx, actor, refs[name])
    for name in unneeded:
        if name in refs:
            skip(domain, tx, actor, refs[name], reason)


def not_applicable(domain: Domain, tx: Tx, actor: Actor, ref: PhaseRef, names: Iterable[str], reason: str) -> None:
    """Skip what is open of a phase and not needed, with the reason."""
    _led(domain, tx, actor, ref.run_id)
    there = {step.id for step, _ in open_in(domain, tx, ref)}
    settle(domain, tx, actor, ref.run_id, (), [name for name in names if name in there], reason)


def _led(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> tuple[Incident, Run]:
    (incident,) = tx.incidents.find(run_id=run_id) or (None,)
    if incident is None:
        raise Refusal(say("This run no longer exists."))
    found = conducted(domain, tx, actor, incident.id)
    if found[0].status is not IncidentStatus.OPEN:
        raise Refusal(say("Incident {id} is not open any more: nothing reminds of it.", id=incident.id))
    return found
