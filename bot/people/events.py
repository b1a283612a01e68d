"""What is told of people."""

from dataclasses import dataclass

from bot.events import Event
from bot.people import Member


@dataclass(frozen=True)
class MemberChanged(Event):
    """Slack says something else of somebody whom the bot has met."""

    old: Member
    new: Member
