"""Any card: which of the three shapes shows a page."""

from handlers.blocks.checklist import checklist_card
from handlers.blocks.elements import Message
from handlers.blocks.live import live_card
from handlers.blocks.restore import restore_card
from handlers.blocks.rollback import rollback_card
from handlers.blocks.view import CardView


def draw(view: CardView) -> Message:
    """The message that shows the card now."""
    if view.page.live:
        return live_card(view)
    if view.run.kind == "rollback" and view.page.stage == "before":
        return rollback_card(view)
    if view.run.kind == "restore" and view.page.stage == "before":
        return restore_card(view)
    return checklist_card(view)
