"""Checklist cards: a row and a button for every item."""

from datetime import datetime, timedelta

from bot.runbook.model import Phase
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import Section
from bot.text import say, shorten
from handlers.slack.blocks.elements import (
    BLOCKS_PER_MESSAGE,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    divider,
    escape,
    section,
    when,
)
from handlers.slack.cards.heading import heading, heading_words
from handlers.slack.cards.items import item_buttons
from handlers.slack.cards.notices import notices
from handlers.slack.cards.view import CardView, item_text, item_words
from handlers.slack.runs.footer import footer


def checklist_card(view: CardView) -> Message:
    """A page of a checklist. When rows with several buttons would not fit, every item keeps its first button."""
    blocks = _blocks(view, roomy=True)
    if len(blocks) > BLOCKS_PER_MESSAGE:
        blocks = _blocks(view, roomy=False)
    return Message(_words(view), blocks[:BLOCKS_PER_MESSAGE])


def _blocks(view: CardView, *, roomy: bool) -> list[Block]:
    blocks = [*heading(view)]
    for part in view.page.sections:
        blocks += [divider(), section(phase_text(view, part))]
        for step in part.steps:
            blocks += _item(view, step, roomy=roomy)
    return [*blocks, *notices(view), *footer(view)]


def phase_text(view: CardView, part: Section) -> str:
    """A phase's line: title, window, and when that is over."""
    of = " " + say("({part} of {parts})", part=part.part + 1, parts=part.parts) if part.parts > 1 else ""
    return f"*{escape(part.phase.title)}*{of}{_window(view, part.phase)}"


def _window(view: CardView, phase: Phase) -> str:
    if phase.window is None:
        return ""
    until = phase.window.until
    unit, minutes = ("h", 60) if (until or timedelta()) >= LONG_WINDOW else ("min", 1)
    begins = _minutes(phase.window.starts) // minutes
    if until is None:
        return f"  ·  {begins}+ {unit}"
    words = f"  ·  {begins}-{_minutes(until) // minutes} {unit}"
    due = due_at(view, phase)
    if due is None or view.run.state.ended or not _open(view, phase):
        return words
    late = due <= view.now
    return words + (
        "  ·  " + say("*overdue since {time}*", time=when(due)) if late else "  ·  " + say("due {time}", time=when(due))
    )


LONG_WINDOW = timedelta(hours=12)
"""A window that ends so late is told in hours."""


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)


def due_at(view: CardView, phase: Phase) -> datetime | None:
    """When the phase's window ends."""
    if phase.window is None or phase.window.until is None or view.run.started_at is None:
        return None
    return view.run.started_at + phase.window.until


def _open(view: CardView, phase: Phase) -> bool:
    return any(not record.state.settled for record in view.records.values() if record.phase_id == phase.id)


def _item(view: CardView, step: AnyStep, *, roomy: bool) -> list[Block]:
    record = view.records[step.id]
    name = f"{step.id}.{record.decision}.{record.attempt}.{record.state}"
    buttons = item_buttons(view, step, record)
    text = item_text(step, record)
    if not buttons:
        return [section(text, block_id=f"i.{name}")]
    if len(buttons) == 1 or not roomy:
        return [section(text, buttons[0], block_id=f"i.{name}")]
    return [section(text, block_id=f"i.{name}"), actions(*buttons, block_id=f"b.{name}")]


def _words(view: CardView) -> str:
    lines = [heading_words(view)]
    for part in view.page.sections:
        lines.append(escape(part.phase.title) + ":")
        lines += [item_words(step, view.records[step.id]) for step in part.steps]
    return shorten("\n".join(lines), TEXT_LIMIT)
