"""What is told of effects."""

from dataclasses import dataclass

from bot.effects import Effect
from bot.events import Event


@dataclass(frozen=True)
class NotDelivered(Event):
    """An effect is given up (its state is `dead`), or held for the first time."""

    effect: Effect
