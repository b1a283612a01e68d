"""The bottom of a card: what can be done with the whole run."""

from bot.incidents.model import Incident, IncidentStatus
from bot.production.inputs.deploy import DeployInputs
from bot.runs.model import RunState
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, confirm, escape
from handlers.slack.blocks.references import CommitRef, IncidentRef, RunRef
from handlers.slack.cards.heading import next_line
from handlers.slack.cards.view import CardView
from handlers.slack.deploys.gates import gate_blocks


def footer(view: CardView) -> list[Block]:
    """Buttons for the run, on the first card of its stage."""
    if not view.first:
        return []
    if view.incident:
        return [actions(*_incident_buttons(view, view.incident))]
    if view.page.stage == "before":
        return _start_buttons(view)
    return []


def _incident_buttons(view: CardView, incident: Incident) -> list[Block]:
    ref, run = IncidentRef(incident.id), RunRef(view.run.id)
    note = button(say("Add a note"), ids.INCIDENT_NOTE, ref)
    skip = button(say("Skip an item…"), ids.STEP_SKIP, run)
    match incident.status:
        case IncidentStatus.OPEN:
            return [note, skip, button(say("Resolve…"), ids.INCIDENT_RESOLVE, ref, style="primary")]
        case IncidentStatus.RESOLVED:
            sure = confirm(
                say("Close it?"), say("The checklist is locked. /incident reopen opens it again."), say("Close")
            )
            return [note, skip, button(say("Close"), ids.INCIDENT_CLOSE, ref, style="primary", sure=sure)]
        case _:
            return [note, button(say("Reopen"), ids.INCIDENT_REOPEN, ref)]


def _start_buttons(view: CardView) -> list[Block]:
    if view.run.state is not RunState.WAITING:
        return []
    ref = RunRef(view.run.id)
    skip = button(say("Skip an item…"), ids.STEP_SKIP, ref)
    cancel = button(
        say("Cancel"),
        ids.RUN_CANCEL,
        ref,
        sure=confirm(say("Cancel this run?"), escape(view.run.title), say("Cancel run")),
    )
    sure = confirm(
        say("Approve and start?"),
        say("*{title}*\nPhases run one after another; you see each step here.", title=escape(view.run.title)),
        say("Approve and start"),
        danger=False,
    )
    facts = DeployInputs.of(view.run).facts
    shown = CommitRef(view.run.id, (facts and facts.sha) or "")
    start = button(say("Approve and start"), ids.RUN_APPROVE, shown, style="primary", sure=sure)
    approvable = not view.run.approved_by and (facts is None or facts.sha)
    return [*gate_blocks(view), *next_line(view), actions(*([start] if approvable else []), skip, cancel)]
