"""Live cards: a sequence that the bot runs, a line a step, one decision at a time."""

from bot.deploys.history.log import is_live, is_verified
from bot.production.inputs import ProductionInputs
from bot.production.inputs.rollback import RollbackInputs
from bot.production.model import LivePeriod
from bot.production.wording import stood_words
from bot.runbook.steps import AnyStep
from bot.runs.checklist.items import GateRef, StepRef
from bot.runs.model import Gate, GateKind, RunState, StepRecord, StepState
from bot.text import say, shorten
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import (
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
    when,
)
from handlers.slack.blocks.references import RunRef, write_ref
from handlers.slack.cards.heading import heading, heading_words, next_line
from handlers.slack.cards.items import item_buttons
from handlers.slack.cards.notices import notices
from handlers.slack.cards.phases import phase_text, phase_words
from handlers.slack.cards.view import CardView
from handlers.slack.rollbacks.undo import undo_button
from handlers.slack.runs.controls import controls, goes_back, roll_back, schema, warnings


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
        if step.by_person and record.state is StepState.OPEN and _reached(view, step):
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
    retry = say("Retry") if gate.kind is GateKind.FAILED else say("Run again")
    again = button(retry, ids.GATE_RETRY, ref, style="primary", about=step.text)
    buttons = [again] if _repeatable(step, record) else []
    if record.detail.get("alias") in ("failed", "superseded"):
        # The job has ended: waiting for it once more cannot help.
        buttons = [
            button(say("Ask Vercel again"), ids.GATE_AGAIN, ref, style="primary", about=step.text, sure=_sure_again())
        ]
    if gate.kind is GateKind.INTERRUPTED:
        buttons.append(button(say("Mark as done"), ids.GATE_DONE, ref, about=step.text))
    buttons.append(button(say("Skip…"), ids.STEP_SKIP, step_ref, about=step.text))
    if goes_back(view):
        buttons.append(roll_back(view))
    buttons.append(button(say("Abort"), ids.GATE_ABORT, ref, style="danger", sure=_sure_abort(view)))
    if record.output:
        buttons.append(button(say("Show output"), ids.STEP_OUTPUT, step_ref, about=step.text))
    return [section(text), actions(*buttons)]


def _sure_again() -> Block:
    words = say("Vercel is asked again to move production traffic to the deployment of this run.")
    return confirm(say("Ask Vercel again?"), words, say("Ask again"))


def _repeatable(step: AnyStep, record: StepRecord) -> bool:
    """Whether one person may have it done again: a restore that may have begun is agreed on by two people anew."""
    return not step.needs_two_people or record.detail.get("untouched") == record.attempt


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
    left = [context(f"🗄️ {schema(view)}")] if schema(view) else []
    if view.run.state is RunState.ABORTED and failed:
        return [section(code(shorten(failed[0].found or "", 1500))), *live_lines(view), *left]
    if view.run.state is not RunState.DONE:
        return [*live_lines(view), *left]
    undo = [actions(undo_button(view.run))] if _is_undoable(view) else []
    return [*_verdict(view), *live_lines(view), *undo]


def _verdict(view: CardView) -> list[Block]:
    """What came of it: that it is live, and whether anything has checked that it works; nothing when it is not so."""
    words = (view.drawing.verdict or _live_words)(view)
    return [context(words)] if words else []


def _live_words(view: CardView) -> str:
    stood = escape(stood_words(view.run, view.periods))
    if _over(view) or not is_live(view.run, view.procedure, view.records, view.periods):
        return stood
    if is_verified(view.run, view.procedure, view.records, view.periods):
        return f"{stood} {say('It is live and verified.')}".strip()
    return f"{stood} {say('It is live. No check has verified that it works.')}".strip() if view.periods else ""


def _over(view: CardView) -> bool:
    """Whether something of it was moved away since: what was verified then is not any more."""
    return any(each.over_at for each in _latest(view))


def _latest(view: CardView) -> list[LivePeriod]:
    """What was seen last of each service: production may have been moved away and back."""
    return list({each.service: each for each in view.periods}.values())


def live_lines(view: CardView) -> list[Block]:
    """What production is by this run or was until when, where that is not what its end says."""
    over = [each for each in _latest(view) if each.over_at]
    shown = over if view.run.state is RunState.DONE else _latest(view)
    unseen = ProductionInputs.of(view.run).unverified
    lines = [_live_line(view, each) for each in shown if each.moved or not each.over_at]
    lines += [say("🟡 {service}: unknown at the end whether it is still live: {why}",
                  service=escape(view.runbook.service(service).title), why=escape(why))
              for service, why in unseen.items()]  # fmt: skip
    return [context("\n".join(lines))] if lines else []


def _live_line(view: CardView, period: LivePeriod) -> str:
    title = escape(view.runbook.service(period.service).title)
    if period.over_at is None:
        return say("🟢 {service}: {id} is live since {time}", service=title,
                   id=_commit(view, period.deployment), time=when(period.seen_at))  # fmt: skip
    ended = say("run {id} moved production", id=period.ended_by) if period.ended_by else say("moved outside NeonOps")
    return say("⏹️ {service}: {id} was live until {time}, then {next} ({ended})", service=title,
               id=_commit(view, period.deployment), time=when(period.over_at),
               next=_commit(view, period.followed_by or ""), ended=ended)  # fmt: skip


def _commit(view: CardView, deployment: str) -> str:
    return escape(view.commits.get(deployment, deployment))


def _is_undoable(view: CardView) -> bool:
    """Whether a rollback moved production, and what it moved it to is live still."""
    standing = [each for each in _latest(view) if each.moved and each.over_at is None]
    return view.run.kind.goes_back and not RollbackInputs.of(view.run).unpins and bool(standing)


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
