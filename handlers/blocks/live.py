"""Live cards: a sequence that the bot runs, a line a step, one decision at a time."""

from datetime import timedelta

from bot.runbook.steps import AnyStep, ManualStep
from bot.runs.items import GateRef, StepRef
from bot.runs.layout import Section
from bot.runs.model import Gate, GateKind, RunState, StepRecord, StepState
from bot.text import say, shorten, span
from handlers import ids
from handlers.blocks.checklist import item_buttons
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
    user,
)
from handlers.blocks.heading import heading, heading_words, notices
from handlers.blocks.view import CardView, item_words, mark, took_words
from handlers.refs import RunRef, write_ref

LINES_LIMIT = 2600
"""Characters of a phase's lines; beyond it, what is done is counted instead of listed."""


def live_card(view: CardView) -> Message:
    """The run's one live card."""
    phases = [block for part in view.page.sections for block in _phase(view, part)]
    blocks = [*heading(view), *phases, *_decision(view), *_outputs(view), *notices(view)]
    return Message(_words(view), blocks[:BLOCKS_PER_MESSAGE])


def _phase(view: CardView, part: Section) -> list[Block]:
    settled = all(view.records[step.id].state.settled for step in part.steps)
    begun = any(view.records[step.id].state is not StepState.OPEN for step in part.steps)
    title = f"*{escape(part.phase.title)}*{_time(view, part)}"
    if settled or not begun:
        sign = "✅" if settled else "▫️"
        return [section(f"{sign} {title}")]
    return [section(f"▶️ {title}\n{_lines(view, part)}")]


def _time(view: CardView, part: Section) -> str:
    budget = part.phase.budget
    records = [view.records[step.id] for step in part.steps if view.records[step.id].started_at]
    if not records:
        return say("  ·  {budget} planned", budget=span(budget)) if budget else ""
    started = min(record.started_at for record in records if record.started_at)
    ended = [record.ended_at or record.at for record in records]
    over = all(view.records[step.id].state.settled for step in part.steps)
    spent = (max(end for end in ended if end) if over and all(ended) else view.now) - started
    return _spent(spent, budget)


def _spent(spent: timedelta, budget: timedelta | None) -> str:
    if budget is None:
        return f"  ·  {span(spent)}"
    words = say("  ·  {spent} of {budget}", spent=span(spent), budget=span(budget))
    return words + say("  ·  *over budget*") if spent > budget else words


def _lines(view: CardView, part: Section) -> str:
    lines = [_line(view, step) for step in part.steps]
    text = "\n".join(lines)
    if len(text) <= LINES_LIMIT:
        return text
    done = [step for step in part.steps if view.records[step.id].state.settled]
    rest = [_line(view, step) for step in part.steps if not view.records[step.id].state.settled]
    return shorten("\n".join([say("✅ {count} steps done", count=len(done)), *rest]), LINES_LIMIT)


def _line(view: CardView, step: AnyStep) -> str:
    record = view.records[step.id]
    words = f"{mark(record)} {escape(step.text)}{took_words(record, view.now)}"
    match record.state:
        case StepState.SKIPPED:
            return words + say("  ·  skipped by {who}: {why}", who=user(record.by), why=escape(record.reason or ""))
        case StepState.DONE if record.found and record.by == "neonops":
            return words + f"  ·  {escape(shorten(record.found.splitlines()[0], 120))}"
        case StepState.DONE if record.by:
            return words + f"  ·  {user(record.by)}"
        case _:
            return words


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
        if step.ticked_by == "person" and record.state is StepState.OPEN and record.attempt and not record.asked_by:
            return _manual(view, step, record)
        if step.starts == "button" and record.state is StepState.OPEN and not record.asked_by and _reached(view, step):
            return [section(f"👉 *{escape(step.text)}*"), actions(*item_buttons(view, step, record))]
    return [actions(_cancel(view))] if "cancel" not in view.run.inputs else [context(say("Being cancelled…"))]


def _cancel(view: CardView) -> Block:
    words = say("The step that is running is stopped; what is live stays live.")
    return button(
        say("Cancel"), ids.RUN_CANCEL, RunRef(view.run.id), sure=confirm(say("Cancel it?"), words, say("Cancel it"))
    )


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
    buttons = [button(retry, ids.GATE_RETRY, ref, style="primary", about=step.text)]
    if gate.kind is GateKind.INTERRUPTED:
        buttons.append(button(say("It was done"), ids.GATE_DONE, ref, about=step.text))
    buttons.append(button(say("Skip…"), ids.STEP_SKIP, step_ref, about=step.text))
    if _went_live(view):
        buttons.append(_roll_back(view))
    buttons.append(button(say("Abort"), ids.GATE_ABORT, ref, style="danger", sure=_sure_abort(view)))
    if record.output:
        buttons.append(button(say("Show output"), ids.STEP_OUTPUT, step_ref, about=step.text))
    return [section(text), actions(*buttons)]


def _went_live(view: CardView) -> bool:
    """Whether a deploy has moved traffic."""
    return any(step.kind == "vercel.promote" and view.records[step.id].state is StepState.DONE for step in _steps(view))


def _roll_back(view: CardView) -> Block:
    words = say("What this run made live goes back to what was live before; production is pinned there.")
    sure = confirm(say("Abort and roll back?"), words, say("Roll back"))
    return button(say("Abort and roll back"), ids.RUN_ROLL_BACK, RunRef(view.run.id), style="danger", sure=sure)


def _sure_abort(view: CardView) -> Block:
    return confirm(
        say("Abort?"), say("*{title}* ends here. What was done stays done.", title=escape(view.run.title)), say("Abort")
    )


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


def _ending(view: CardView) -> list[Block]:
    failed = [view.records[step.id] for step in _steps(view) if view.records[step.id].state is StepState.FAILED]
    if view.run.state is RunState.ABORTED and failed:
        return [section(code(shorten(failed[0].found or "", 1500)))]
    if view.run.state is not RunState.DONE:
        return []
    verified = [context(say("It is live and verified."))] if _verified(view) else []
    undo = [actions(_undo(view))] if view.run.kind == "rollback" and not view.run.inputs.get("undoes") else []
    return [*verified, *undo]


def _undo(view: CardView) -> Block:
    words = say("What was live before the rollback is promoted again, and production is not pinned any more.")
    sure = confirm(say("Undo the rollback?"), words, say("Promote it"))
    return button(say("Undo"), ids.RUN_UNDO, RunRef(view.run.id), sure=sure)


def _outputs(view: CardView) -> list[Block]:
    """A choice of the steps that printed something: the whole of it comes into the thread."""
    printed = [step for step in _steps(view) if view.records[step.id].output]
    if not printed:
        return []
    options = [
        option(step.text, write_ref(StepRef(view.run.id, step.id, view.records[step.id].decision))) for step in printed
    ]
    return [actions(select(ids.STEP_OUTPUT, say("Show a step's output…"), options))]


def _verified(view: CardView) -> bool:
    checks = [step for step in _steps(view) if step.kind in ("health.check", "http", "vercel.wait_alias")]
    return bool(checks) and all(view.records[step.id].state is StepState.DONE for step in checks)


def _words(view: CardView) -> str:
    lines = [heading_words(view)]
    for part in view.page.sections:
        lines.append(escape(part.phase.title) + ":")
        lines += [item_words(step, view.records[step.id]) for step in part.steps]
    return shorten("\n".join(lines), TEXT_LIMIT)
