"""The bottom of a card: what can be done with the whole run."""

from bot.production.inputs.deploy import DeployInputs
from bot.runs.model import RunState
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, actions, button, confirm, escape
from handlers.slack.blocks.references import CommitRef, RunRef
from handlers.slack.cards.heading import next_line
from handlers.slack.cards.view import CardView
from handlers.slack.deploys.gates import gate_blocks
from handlers.slack.incidents.card import last_buttons


def footer(view: CardView) -> list[Block]:
    """Buttons for the run, on the first card of its stage."""
    if not view.first:
        return []
    if view.incident:
        return [actions(*last_buttons(view, view.incident))]
    if view.page.stage == "before":
        return _start_buttons(view)
    return []


def _start_buttons(view: CardView) -> list[Block]:
    if view.run.state is not RunState.WAITING:
        return []
    ref = RunRef(view.run.id)
    skip = button(say("Skip an item…"), ids.STEP_SKIP, ref)
    cancel = button(
        say("Cancel"),
        ids.RUN_CANCEL,
        ref,
        sure=confirm(say("Cancel this run?"), escape(view.run.title), say("Cancel run"), no=say("Keep it")),
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
