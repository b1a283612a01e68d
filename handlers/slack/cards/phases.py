"""The phases of a live card: those at work in full, the others in a line each with their counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import Section
from bot.runs.model import RunState, StepState
from bot.text import plural, say, shorten, span
from bot.text.legible import lines_of
from handlers.slack.blocks.elements import escape, user, when
from handlers.slack.cards.view import CardView, item_words, mark, took_words

LINES_LIMIT = 2600
"""Characters of a phase's lines; beyond it, what is done or far ahead is counted instead of listed."""


def phase_text(view: CardView, part: Section) -> str:
    """A phase as mrkdwn."""
    title = f"*{escape(part.phase.title)}*  ·  {_count(view, part)}{_time(view, part)}"
    if _at_work(view, part):
        return f"{'⚠️' if view.run.state.ended else '▶️'} {title}\n{_lines(view, part)}"
    states = {view.records[step.id].state for step in part.steps}
    sign = "▫️" if states == {StepState.OPEN} else "✅" if all(state.settled for state in states) else "⚠️"
    return f"{sign} {title}"


def _at_work(view: CardView, part: Section) -> bool:
    """Whether a phase is shown in full: something of it runs, asks or is next, or the run ended badly in it."""
    records = [view.records[step.id] for step in part.steps]
    if view.run.state.ended:
        broken = {StepState.FAILED, StepState.UNKNOWN}
        return view.run.state is not RunState.DONE and any(record.state in broken for record in records)
    busy = any(record.state is StepState.STARTED or record.asked_by or record.step_id in view.gates
               for record in records)  # fmt: skip
    return busy or part is _first_open(view)


def _first_open(view: CardView) -> Section | None:
    """The phase that holds up those after it."""
    opens = (part for part in view.page.sections
             if any(step.required and not view.records[step.id].state.settled for step in part.steps))  # fmt: skip
    return next(opens, None)


def _count(view: CardView, part: Section) -> str:
    """`7 steps`, `3 of 7 steps`, `7 steps, 1 skipped, 1 failed`."""
    states = [view.records[step.id].state for step in part.steps]
    settled = sum(state.settled for state in states)
    steps = plural("{count} step", "{count} steps", len(states))
    words = steps if settled in (0, len(states)) else say("{done} of {steps}", done=settled, steps=steps)
    more = {say("skipped"): StepState.SKIPPED, say("failed"): StepState.FAILED}
    return words + "".join(f", {states.count(state)} {name}" for name, state in more.items() if state in states)


def _time(view: CardView, part: Section) -> str:
    budget = part.phase.budget
    records = [view.records[step.id] for step in part.steps if view.records[step.id].started_at]
    if not records:
        return "  ·  " + say("{budget} planned", budget=span(budget)) if budget else ""
    started = min(record.started_at for record in records if record.started_at)
    started = min(started, view.began.get(part.phase.id, started))
    ended = [record.ended_at or record.at for record in records]
    over = all(view.records[step.id].state.settled for step in part.steps)
    if not over and view.goes_on:
        return _running(started, view.now - started, budget)
    spent = (max(end for end in ended if end) if over and all(ended) else view.now) - started
    return _spent(spent, budget)


def _running(started: datetime, spent: timedelta, budget: timedelta | None) -> str:
    """Since when a phase runs: a card stands for minutes, and how long it has been would soon be wrong."""
    since = "  ·  " + say("since {time}", time=when(started))
    if budget is None:
        return since
    words = since + "  ·  " + say("{budget} planned", budget=span(budget))
    return words + "  ·  " + say("*over budget*") if spent > budget else words


def _spent(spent: timedelta, budget: timedelta | None) -> str:
    if budget is None:
        return f"  ·  {span(spent)}"
    words = "  ·  " + say("{spent} of {budget}", spent=span(spent), budget=span(budget))
    return words + "  ·  " + say("*over budget*") if spent > budget else words


def _lines(view: CardView, part: Section) -> str:
    text = "\n".join(_line(view, step) for step in part.steps)
    return text if len(text) <= LINES_LIMIT else _folded(view, part)


def _folded(view: CardView, part: Section) -> str:
    """A long phase: what is done counted, what is at work in full, of what is ahead as much as fits."""
    left = [step for step in part.steps if not view.records[step.id].state.settled]
    done = len(part.steps) - len(left)
    lines: list[str] = [plural("✅ {count} step finished", "✅ {count} steps finished", done)] if done else []
    left.sort(key=lambda step: view.records[step.id].state is StepState.OPEN)
    for number, step in enumerate(left):
        line = _line(view, step)
        if sum(map(len, lines)) + len(lines) + len(line) > LINES_LIMIT:
            lines.append(plural("…and {count} more step", "…and {count} more steps", len(left) - number))
            break
        lines.append(line)
    return "\n".join(lines)


def _line(view: CardView, step: AnyStep) -> str:
    record = view.records[step.id]
    words = f"{mark(record)} {escape(step.text)}{took_words(view, record)}"
    match record.state:
        case StepState.SKIPPED:
            return (
                words + "  ·  " + say("skipped by {who}: {why}", who=user(record.by), why=escape(record.reason or ""))
            )
        case StepState.STARTED if found := lines_of(record.found or ""):
            return words + f"  ·  {escape(shorten(found[-1], 120))}"
        case StepState.DONE if (found := lines_of(record.found or "")) and record.by == "neonops":
            return _with_found(words, took_words(view, record), shorten(found[0], 120))
        case StepState.DONE if record.by:
            return words + f"  ·  {user(record.by)}"
        case _:
            return words


def _with_found(words: str, took: str, found: str) -> str:
    """The line with what was found, which may say itself how long it took."""
    said_already = bool(took) and found.endswith(took.rpartition("  ·  ")[2])
    return f"{words.removesuffix(took) if said_already else words}  ·  {escape(found)}"


def phase_words(view: CardView, *, folds: bool) -> Iterator[str]:
    """The phases for a screen reader; `folds` leaves out the steps of those that are not at work."""
    for part in view.page.sections:
        title = f"{escape(part.phase.title)} ({_count(view, part)}{_time(view, part)}):".replace("  ·  ", ", ")
        yield title.replace("*", "")
        if not folds or _at_work(view, part):
            yield from (item_words(step, view.records[step.id]) for step in part.steps)
