"""Live cards: a sequence that the bot runs, a line a step, one decision at a time."""

from bot.runbook.steps import AnyStep, ManualStep
from bot.runs.items import GateRef, StepRef
from bot.runs.model import Gate, GateKind, RunState, StepRecord, StepState
from bot.text import say, shorten
from handlers import ids
from handlers.blocks.checklist import item_buttons
from handlers.blocks.controls import controls, goes_back, roll_back, schema, warnings
from handlers.blocks.elements import (
    BLOCKS_PER_MESSAGE,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    code,
    confirm,
    context,
    escape,
    option,
    section,
    select,
)
from handlers.blocks.heading import heading, heading_words, next_line
from handlers.blocks.notices import notices
from handlers.blocks.phases import phase_text, phase_words
from handlers.blocks.rollback import undo_button
from handlers.blocks.view import CardView
from handlers.refs import RunRef, write_ref


def live_card(view: CardView) -> Message:
    """The run's one live card: the phases at work in full, the others in a line each."""
    phases = [section(phase_text(view, part)) for part in view.page.sections]
    ends = [*_decision(view), *controls(view), *_outputs(view), *notices(view)]
    blocks = [*heading(view), *next_line(view), *warnings(view), *phases, *ends]
    return Message(_words(view), blocks[:BLOCKS_PER_MESSAGE])


def _decision(view: CardView) -> list[Block]:
    """What a person has to decide or do now."""
    if view.run.state is not RunState.ACTIVE:
        return _ending(view)
    for step in _steps(view):
        record = view.records[step.id]
        if gate := view.gates.get(step.id):
            return _gate(view, step, record, gate)
        if isinstance(step, ManualStep) and record.state is StepState.OPEN and _reached(view, step):
            return _manual(view, step, record)
        if record.attempt and record.state is StepState.OPEN and not record.asked_by:
            return _looked(view, step, record)
        if step.starts == "button" and record.state is StepState.OPEN and not record.asked_by and _reached(view, step):
            return [section(f"👉 *{escape(step.text)}*"), actions(*item_buttons(view, step, record))]
    return []


def _steps(view: CardView) -> list[AnyStep]:
    return [step for part in view.page.sections for step in part.steps]


def _reached(view: CardView, step: AnyStep) -> bool:
    before = _steps(view)[: _steps(view).index(step)]
    return all(view.records[each.id].state.settled or not each.required for each in before)


def _gate(view: CardView, step: AnyStep, record: StepRecord, gate: Gate) -> list[Block]:
    ref, step_ref = GateRef(gate.id), StepRef(view.run.id, step.id, record.decision)
    asks = say("failed") if gate.kind is GateKind.FAILED else say("was interrupted")
    text = f"⚠️ *{escape(step.text)}* {asks}\n{code(shorten(record.found or '', 1500))}"
    retry = say("Retry") if gate.kind is GateKind.FAILED else say("Run it again")
    again = button(retry, ids.GATE_RETRY, ref, style="primary", about=step.text)
    buttons = [again] if _repeatable(step, record) else []
    if gate.kind is GateKind.INTERRUPTED:
        buttons.append(button(say("It was done"), ids.GATE_DONE, ref, about=step.text))
    buttons.append(button(say("Skip…"), ids.STEP_SKIP, step_ref, about=step.text))
    if goes_back(view):
        buttons.append(roll_back(view))
    buttons.append(button(say("Abort"), ids.GATE_ABORT, ref, style="danger", sure=_sure_abort(view)))
    if record.output:
        buttons.append(button(say("Show output"), ids.STEP_OUTPUT, step_ref, about=step.text))
    return [section(text), actions(*buttons)]


def _repeatable(step: AnyStep, record: StepRecord) -> bool:
    """Whether one person may have it done again: a restore that may have begun is agreed on by two people anew."""
    return step.kind != "supabase.restore" or record.detail.get("untouched") == record.attempt


def _sure_abort(view: CardView) -> Block:
    words = say("*{title}* ends here. What was done stays done.", title=escape(shorten(view.run.title, 100)))
    return confirm(say("Abort?"), f"{words} {schema(view)}".strip(), say("Abort"))


def _manual(view: CardView, step: AnyStep, record: StepRecord) -> list[Block]:
    ref = StepRef(view.run.id, step.id, record.decision)
    note = f"\n{escape(step.note)}" if step.note else ""
    found = f"\n{code(shorten(record.found, 1200))}" if record.found else ""
    return [
        section(say("👉 *{text}*: do it, then tick it.", text=escape(step.text)) + note + found),
        actions(
            button(say("Tick"), ids.STEP_TICK, ref, style="primary", about=step.text),
            button(say("Skip…"), ids.STEP_SKIP, ref, about=step.text),
        ),
    ]


def _looked(view: CardView, step: AnyStep, record: StepRecord) -> list[Block]:
    """What the bot has looked at, and left to a person."""
    text, buttons = _manual(view, step, record)
    ref = StepRef(view.run.id, step.id, record.decision)
    buttons["elements"].insert(1, button(say("Run again"), ids.STEP_RUN, ref, about=step.text))
    return [text, buttons]


def _ending(view: CardView) -> list[Block]:
    failed = [view.records[step.id] for step in _steps(view) if view.records[step.id].state is StepState.FAILED]
    left = [context(f"🗄️ {escape(schema(view))}")] if schema(view) else []
    if view.run.state is RunState.ABORTED and failed:
        return [section(code(shorten(failed[0].found or "", 1500))), *left]
    if view.run.state is not RunState.DONE:
        return left
    words = say("It is restored and verified.") if view.run.kind == "restore" else say("It is live and verified.")
    verified = [context(words)] if _verified(view) else []
    undo = [actions(undo_button(view.run))] if view.run.kind == "rollback" and not view.run.unpins else []
    return [*verified, *undo]


def _outputs(view: CardView) -> list[Block]:
    """A choice of the steps that printed something, and all of it: as a file in the thread."""
    printed = [step for step in _steps(view) if view.records[step.id].output]
    if not printed:
        return []
    options = [
        option(step.text, write_ref(StepRef(view.run.id, step.id, view.records[step.id].decision))) for step in printed
    ]
    show = select(ids.STEP_OUTPUT, say("Show a step's output…"), options)
    return [actions(show, button(say("Full log"), ids.RUN_LOG, RunRef(view.run.id)))]


def _verified(view: CardView) -> bool:
    checks = [step for step in _steps(view) if step.kind in ("health.check", "http", "vercel.wait_alias")]
    return bool(checks) and all(view.records[step.id].state is StepState.DONE for step in checks)


def _words(view: CardView) -> str:
    """All of it for a screen reader; what is too much for one message is counted, phase by phase."""
    for folds in (False, True):
        text = "\n".join([heading_words(view), *_asked(view), *phase_words(view, folds=folds)])
        if len(text) <= TEXT_LIMIT:
            return text
    return shorten(text, TEXT_LIMIT)


def _asked(view: CardView) -> list[str]:
    """What went wrong, as the buttons below it are about it."""
    found = [(step.text, view.records[step.id].found) for step in _steps(view) if step.id in view.gates]
    return [f"{escape(text)}: {escape(shorten(why, 400))}" for text, why in found[:1] if why]
