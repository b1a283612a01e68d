"""What can be done with a running run at any step of it: skip a step, abort it, abort it and roll back."""

from bot.deploys.rollbacks.live_deployments import may_be_live
from bot.deploys.schema.unreverted import schema_left
from bot.production.inputs.rollback import RollbackInputs
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import RunState, StepState
from bot.text import say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import SECTION_LIMIT, Block, actions, button, confirm, context, escape, section
from handlers.slack.blocks.references import RunRef
from handlers.slack.cards.view import CardView
from handlers.slack.rollbacks.warnings import warning_lines


def warnings(view: CardView) -> list[Block]:
    """What a rollback leaves as it is: on its live card for as long as it runs, and afterwards."""
    if not view.run.kind.goes_back or view.run.state is RunState.WAITING:
        return []
    inputs = RollbackInputs.of(view.run)
    lines = warning_lines(view.run, view.runbook, inputs.ahead, inputs.choice, view.periods)
    if inputs.emergency:
        lines = [say("🚨 Emergency: no approval by another person, no pre-rollback checks."), *lines]
    return [section(shorten("\n".join(lines), SECTION_LIMIT))] if lines else []


def controls(view: CardView) -> list[Block]:
    """Buttons for the whole run while it is active; a failure asks with its own."""
    if view.run.state is not RunState.ACTIVE or view.run.kind.led:
        return []
    if view.run.inputs.stop:
        return _ending(view)
    if view.gates:
        return []
    skip = [button(say("Skip a step…"), ids.STEP_SKIP, RunRef(view.run.id))] if _something_ahead(view) else []
    back = [roll_back(view)] if goes_back(view) else []
    return [actions(*skip, *back, _cancel(view))]


def _ending(view: CardView) -> list[Block]:
    if view.run.inputs.stop and view.run.inputs.stop.then:
        return [context(say("Aborting; then what it made live is rolled back…"))]
    return [context(say("Cancelling…")), *([actions(roll_back(view))] if goes_back(view) else [])]


def _something_ahead(view: CardView) -> bool:
    """Whether a step of the sequence, other than the one that a person is asked for, has not begun."""
    phases = phases_of(view.procedure, "main", view.run.targets)
    steps = [step for phase in phases for step in steps_of(phase, view.run.targets)]
    records = [(step, view.records[step.id]) for step in steps]
    ahead = [step for step, each in records if each.state is StepState.OPEN and not each.asked_by and not each.attempt]
    return len(ahead) > 1 or any(not step.by_person for step in ahead)


def goes_back(view: CardView) -> bool:
    """Whether something of a deploy is live, or may be."""
    return view.run.kind.builds and may_be_live(view.run, view.procedure, view.records)


def schema(view: CardView) -> str:
    """That the schema was changed and stays so, escaped; empty when this run did not."""
    return escape(schema_left(view.run, view.procedure, view.records)) if view.run.kind.builds else ""


def roll_back(view: CardView) -> Block:
    """Abort and roll back, at whatever step it is."""
    words = say("What this run made live goes back to what was live before; production will be pinned there.")
    sure = confirm(say("Abort and roll back?"), f"{words} {schema(view)}".strip(), say("Roll back"))
    return button(say("Abort and roll back"), ids.RUN_ROLL_BACK, RunRef(view.run.id), style="danger", sure=sure)


def _cancel(view: CardView) -> Block:
    words = say("The running step is stopped. What is live stays live.")
    sure = confirm(say("Cancel this run?"), f"{words} {schema(view)}".strip(), say("Cancel run"), no=say("Keep it"))
    return button(say("Cancel"), ids.RUN_CANCEL, RunRef(view.run.id), sure=sure)
