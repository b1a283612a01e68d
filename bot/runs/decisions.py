"""Which decision of a run a person has to take next, and who may take it: pure functions of what a card shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.people import Team
from bot.production.inputs.deploy import DeployInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.restores.model import RestoreInputs
from bot.runbook.model import Procedure, Runbook
from bot.runbook.steps import AnyStep
from bot.runs.items import permission_of
from bot.runs.layout import phases_of, steps_of
from bot.runs.model import Gate, GateKind, Run, RunState, StepRecord, StepState
from bot.runs.plan import current_stage
from bot.text import listing, plural, say

Records = Mapping[str, StepRecord]

NAMES = 4
"""People that a card names; beyond it they are counted."""
FEW_ROLES = 2
"""So many roles are named beside the people."""


@dataclass(frozen=True)
class Decision:
    """What is to be decided. One of `permissions` is enough; `ahead` = nothing waits for it yet."""

    what: str
    permissions: tuple[str, ...]
    ahead: bool = False
    not_by_requester: bool = False


def next_decision(run: Run, procedure: Procedure, records: Records, gates: Mapping[str, Gate]) -> Decision | None:
    """The decision that the run waits for, else the one that it will come to; None when there is none."""
    if run.state is RunState.WAITING:
        return _to_start(run, procedure, records)
    if run.state is not RunState.ACTIVE or run.inputs.cancel:
        return None
    work = tuple(dict.fromkeys((permission_of(run), "respond")))
    for step in _steps(run, procedure):
        if step.id in gates:
            return Decision(_question(step, gates[step.id]), work)
    for number, step in enumerate(_steps(run, procedure)):
        record = records[step.id]
        if not record.state.settled and _for_a_person(step, record):
            before = _steps(run, procedure)[:number]
            return Decision(_words(step), work, ahead=any(_open(each, records) for each in before))
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


def _to_start(run: Run, procedure: Procedure, records: Records) -> Decision | None:
    if run.kind == "rollback":
        inputs = RollbackInputs.of(run)
        if inputs.confirmed:
            return None
        listings = [records[each.id].state for each in _steps(run, procedure) if each.lists_deployments]
        if listings and all(state is StepState.FAILED for state in listings):
            return Decision(say("look up the deployments again"), ("rollback", "respond"))
        second = inputs.second_person and not inputs.emergency
        what = say("confirm the promotion") if inputs.unpins else say("confirm the rollback")
        return Decision(what, ("rollback",), not_by_requester=second)
    if run.kind == "restore":
        chosen = RestoreInputs.of(run).restore is not None
        words = say("approve the restore") if chosen else say("choose what is restored")
        return Decision(words, ("restore",), not_by_requester=chosen)
    left = [step for step in _steps(run, procedure) if _open(step, records)]
    failed = DeployInputs.of(run).failed
    if left and not run.approved_by:
        what = plural("complete the checklist ({count} item open)", "complete the checklist ({count} items open)",
                      len(left))  # fmt: skip
        return Decision(what, tuple(dict.fromkeys((permission_of(run), "respond"))))
    if failed:
        may = any(gate.overridable for gate in failed)
        return Decision(say("clear what blocks it, or override it"), ("override",)) if may else None
    if run.approved_by:
        return None
    return Decision(say("approve"), ("approve",), not_by_requester=True)


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
    held = listing([role.replace("_", " ") for role in roles], most=8).replace(" and ", " or ")
    if not holders:
        return say("nobody in the team file (requires the role {roles})", roles=held or say("that nobody has yet"))
    names = listing([team.people[key].name for key in holders], most=NAMES)
    return f"{names} ({held})" if len(roles) <= FEW_ROLES else names


def decision_words(decision: Decision, who: str) -> str:
    """`Next: approve – Alice Andrade (platform lead or cto)`."""
    if decision.ahead:
        return say("Next decision: {what} – {who}", what=decision.what, who=who)
    return say("Next: {what} – {who}", what=decision.what, who=who)
