"""What is told of holds."""

from dataclasses import dataclass

from bot.events import Event


@dataclass(frozen=True)
class HoldsChanged(Event):
    """A lock or a freeze was placed, removed or is over: others stand in the way of deploys than before."""

    environment: str
