"""Any card: which of the shapes shows a page."""

from dataclasses import replace

from handlers.slack.blocks.elements import Message
from handlers.slack.cards.drawing import Drawing
from handlers.slack.cards.view import CardView
from handlers.slack.runs.checklist import checklist_card
from handlers.slack.runs.live_card import live_card
from handlers.slack.table import DRAWINGS


def draw(view: CardView) -> Message:
    """The message that shows the card now."""
    drawing = DRAWINGS.get(view.run.kind.name, Drawing())
    view = replace(view, drawing=drawing)
    if view.page.live:
        return live_card(view)
    if view.page.stage == "before" and drawing.first_card:
        return drawing.first_card(view)
    if view.page.stage == "main" and drawing.main_card:
        return drawing.main_card(view)
    return checklist_card(view)
