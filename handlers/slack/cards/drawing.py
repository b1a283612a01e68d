"""How the cards of a kind of run are drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.text import say
from handlers.slack.blocks.elements import Message

if TYPE_CHECKING:
    from handlers.slack.cards.view import CardView


def _pre_checks() -> str:
    return say("pre-checks")


def _follow_up() -> str:
    return say("follow-up")


@dataclass(frozen=True)
class Drawing:
    """The sign before a run's title, and what follows it on the cards before it starts and after it has ended."""

    icon: str = "📋"
    before: Callable[[], str] = _pre_checks
    after: Callable[[], str] = _follow_up
    first_card: "Callable[[CardView], Message] | None" = None
    """The card before it starts, where it is more than a checklist."""
    main_card: "Callable[[CardView], Message] | None" = None
    """The card of its checklist, where it is more than all of its items."""
    verdict: "Callable[[CardView], str] | None" = None
    """What a run that is done says of its outcome; None = whether it is live, and verified."""
