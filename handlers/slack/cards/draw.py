"""Any card: which of the three shapes shows a page."""

from handlers.slack.blocks.elements import Message
from handlers.slack.cards.checklist import checklist_card
from handlers.slack.cards.live import live_card
from handlers.slack.cards.view import CardView
from handlers.slack.restores.card import restore_card
from handlers.slack.rollbacks.card import rollback_card


def draw(view: CardView) -> Message:
    """The message that shows the card now."""
    if view.page.live:
        return live_card(view)
    if view.run.kind == "rollback" and view.page.stage == "before":
        return rollback_card(view)
    if view.run.kind == "restore" and view.page.stage == "before":
        return restore_card(view)
    return checklist_card(view)
