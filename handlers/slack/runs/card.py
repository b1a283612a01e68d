"""Any card: which of the three shapes shows a page."""

from collections.abc import Callable

from handlers.slack.blocks.elements import Message
from handlers.slack.cards.view import CardView
from handlers.slack.restores.card import restore_card
from handlers.slack.rollbacks.card import rollback_card
from handlers.slack.runs.checklist import checklist_card
from handlers.slack.runs.live import live_card


def draw(view: CardView) -> Message:
    """The message that shows the card now."""
    if view.page.live:
        return live_card(view)
    first = FIRST_CARDS.get(view.run.kind.name, checklist_card)
    return first(view) if view.page.stage == "before" else checklist_card(view)


FIRST_CARDS: dict[str, Callable[[CardView], Message]] = {"rollback": rollback_card, "restore": restore_card}
"""The card of a kind of run before it starts, where it is more than a checklist."""
