"""What can be done with one item of a card."""

from bot.runbook.steps import AnyStep
from bot.runs.checklist.items import StepRef, closed_words
from bot.runs.model import StepRecord, StepState
from bot.text import listing, say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, button, confirm, escape
from handlers.slack.cards.notices import page_button
from handlers.slack.cards.view import CardView


def item_buttons(view: CardView, step: AnyStep, record: StepRecord) -> list[Block]:
    """What can be done with an item now; the first is what is done most."""
    if not touchable(view):
        return []
    ref = StepRef(view.run.id, step.id, record.decision)
    paging = page_button(view, step.id) if step.alerts_people else []
    if record.state.settled:
        undo = say("Undo skip") if record.state is StepState.SKIPPED else say("Untick")
        return [button(undo, ids.STEP_UNTICK, ref, about=step.text), *paging]
    tick = button(say("Tick"), ids.STEP_TICK, ref, about=step.text)
    if record.state is StepState.STARTED or record.asked_by or step.by_person:
        return [tick, *paging]
    if step.started_procedure:
        return [tick, _start_button(view, step, step.started_procedure, ref)]
    if record.attempt == 0 and step.starts == "auto":
        return [tick]
    more = [button(say("Show output"), ids.STEP_OUTPUT, ref, about=step.text)] if record.output else []
    if step.alerts_people:
        alert = _alert_button(view, step, record, ref)
        return [alert, tick] if record.attempt == 0 else [tick, alert, *paging]
    label = say("Run") if record.attempt == 0 else say("Run again")
    return [tick, button(label, ids.STEP_RUN, ref, about=step.text), *more]


def _alert_button(view: CardView, step: AnyStep, record: StepRecord, ref: StepRef) -> Block:
    people = [view.team.people[key].name for key in view.team.holders(step.alerted)]
    whom = listing(people, most=8) or say("nobody in the team file")
    sure = confirm(
        say("Alert them?"),
        say("{whom}: mentioned in Slack and paged.", whom=escape(whom)),
        say("Alert"),
        danger=False,
    )
    label = say("Alert") if record.attempt == 0 else say("Alert again")
    return button(label, ids.STEP_RUN, ref, about=step.text, sure=sure)


def _start_button(view: CardView, step: AnyStep, procedure: str, ref: StepRef) -> Block:
    title = view.runbook.procedure(procedure).title
    sure = confirm(
        say("Start it?"),
        say("*{title}*: its own card opens here and asks before it acts.", title=escape(title)),
        say("Start"),
        danger=False,
    )
    return button(shorten(say("Start: {title}", title=title), 40), ids.STEP_START, ref, about=step.text, sure=sure)


def touchable(view: CardView) -> bool:
    """Whether the run's items can still be changed."""
    return not closed_words(view.run)
