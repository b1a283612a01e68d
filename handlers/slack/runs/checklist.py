"""Checklist cards: a row and a button for every item."""

from bot.runbook.steps import AnyStep
from bot.text import shorten
from handlers.slack.blocks.elements import (
    BLOCKS_PER_MESSAGE,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    divider,
    escape,
    section,
)
from handlers.slack.cards.heading import heading, heading_words
from handlers.slack.cards.items import item_buttons
from handlers.slack.cards.notices import notices
from handlers.slack.cards.view import CardView, item_text, item_words
from handlers.slack.cards.windows import phase_text
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
