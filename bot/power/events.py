"""What is told of who may what."""

from dataclasses import dataclass

from bot.events import Event


@dataclass(frozen=True)
class RolesChanged(Event):
    """One person holds other roles than before, by what Slack says of their account."""

    user: str


@dataclass(frozen=True)
class PowersChanged(Event):
    """The team file or the runbook gives something else to somebody than before."""
