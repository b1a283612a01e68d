"""A rollback that is typed in an incident's channel is the incident's: its item is ticked by the outcome."""

from dataclasses import replace

from bot.deploys.request import Asked, request_rollback
from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.model import Incident, IncidentStatus
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.checklist.nested import began, start_from_step
from bot.runs.model import Run, StepState
from bot.runs.start import records_of
from bot.text import say


def rollback_of(domain: Domain, tx: Tx, actor: Actor, incident: Incident, target: str) -> Run:
    """Ask for a rollback as an incident's; of a drill, practise the one of its item."""
    run = tx.runs.get(incident.run_id)
    assert run, "an incident has its run"
    step = _item(domain, tx, run) if incident.drill else None
    if step:
        return start_from_step(domain, tx, actor, run, step.id)
    return rollback_here(domain, tx, actor, Asked(target, incident.channel or actor.user))


def rollback_here(domain: Domain, tx: Tx, actor: Actor, asked: Asked) -> Run:
    """Ask for a rollback, as the open incident's whose channel it is asked in.

    Raises:
        Refusal: it is the channel of a drill, which touches nothing; or what `request_rollback` raises.
    """
    incident = next(iter(tx.incidents.find(channel=asked.place, status=IncidentStatus.OPEN)), None)
    if incident is None:
        return request_rollback(domain, tx, actor, asked)
    if incident.drill:
        raise Refusal(
            say(
                "This is a drill channel. Practise with the button of its item; for a real rollback, use another "
                "channel."
            )
        )
    run = tx.runs.get(incident.run_id)
    assert run, "an incident has its run"
    step = _item(domain, tx, run)
    if step is None:
        return request_rollback(domain, tx, actor, asked)
    started = request_rollback(domain, tx, actor, replace(asked, parent=(run.id, step.id)))
    began(tx, actor, run, step, started)
    return started


def _item(domain: Domain, tx: Tx, run: Run) -> AnyStep | None:
    """The first item of the incident that starts a rollback and is still open."""
    records = records_of(tx, run.id)
    steps = (step for phase in phases_of(domain.procedure_of(tx, run), "main", run.targets)
             for step in steps_of(phase, run.targets))  # fmt: skip
    waits = (StepState.OPEN, StepState.FAILED)
    kinds = {procedure.id: procedure.kind for procedure in domain.runbook_of(tx, run).procedures}
    found = (step for step in steps if kinds.get(step.started_procedure or "") == "rollback")
    return next((step for step in found if records[step.id].state in waits), None)
