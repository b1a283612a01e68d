"""Which decision of a run a person has to take next, and who may take it: pure functions of what a card shows."""

from collections.abc import Mapping

from bot.people import Team
from bot.runbook.model import Procedure, Runbook
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.kind import Decision
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.plan import current_stage
from bot.text import choice, listing, say

Records = Mapping[str, StepRecord]

NAMES = 4
"""People that a card names; beyond it they are counted."""
FEW_ROLES = 2
"""So many roles are named beside the people."""


def next_decision(run: Run, procedure: Procedure, records: Records, gates: Mapping[str, Gate]) -> Decision | None:
    """The decision that the run waits for, else the one that it will come to; None when there is none."""
    if run.state is RunState.WAITING:
        to_start = run.kind.to_start
        return to_start(run, _steps(run, procedure), records) if to_start else None
    if run.state is not RunState.ACTIVE or run.inputs.stop:
        return None
    for step in _steps(run, procedure):
        if step.id in gates:
            return Decision(_question(step, gates[step.id]), run.kind.work)
    for number, step in enumerate(_steps(run, procedure)):
        record = records[step.id]
        if not record.state.settled and _for_a_person(step, record):
            before = _steps(run, procedure)[:number]
            return Decision(_words(step), run.kind.work, ahead=any(_open(each, records) for each in before))
    return None


def _question(step: AnyStep, gate: Gate) -> str:
    if gate.kind is GateKind.INTERRUPTED:
        return say("‹{step}› was interrupted: check whether it happened, then choose", step=step.text)
    return say("‹{step}› failed: retry, skip or abort", step=step.text)


def _steps(run: Run, procedure: Procedure) -> list[AnyStep]:
    phases = phases_of(procedure, current_stage(run), run.targets)
    return [step for phase in phases for step in steps_of(phase, run.targets)]


def _open(step: AnyStep, records: Records) -> bool:
    return step.required and not records[step.id].state.settled


def _for_a_person(step: AnyStep, record: StepRecord) -> bool:
    if record.asked_by or record.state is not StepState.OPEN:
        return False
    return step.by_person or step.starts == "button" or step.ticked_by == "person"


def _words(step: AnyStep) -> str:
    if not step.by_person and step.starts == "button":
        return say("start ‹{step}›", step=step.text)
    return say("tick ‹{step}›", step=step.text)


def takers(
    decision: Decision, runbook: Runbook, team: Team, *, requester: frozenset[str], absent: frozenset[str]
) -> str:
    """Who may take it, by name: `Alice Andrade and Helena Costa (platform lead or cto)`.

    `requester` and `absent`: short names in the team file, of who asked for the run and of people who are gone.
    """
    table: Mapping[str, tuple[str, ...]] = {str(name): roles for name, roles in runbook.permissions.items()}
    roles = tuple(dict.fromkeys(role for each in decision.permissions for role in table.get(each, ())))
    others = absent | (requester if decision.not_by_requester else frozenset())
    holders = [key for key in team.holders(roles) if key not in others]
    held = choice([role.replace("_", " ") for role in roles])
    if not holders:
        return say("nobody in the team file (requires the role {roles})", roles=held)
    names = listing([team.people[key].name for key in holders], most=NAMES)
    return f"{names} ({held})" if len(roles) <= FEW_ROLES else names


def decision_words(decision: Decision, who: str) -> str:
    """`Next: approve – Alice Andrade (platform lead or cto)`."""
    if decision.ahead:
        return say("Next decision: {what} – {who}", what=decision.what, who=who)
    return say("Next: {what} – {who}", what=decision.what, who=who)
