"""Who may what, by what Slack says of people."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.power.changes import note_member


def note_roles(domain: Domain, tx: Tx, event: MemberChanged) -> None:
    """What roles the change gave or took is written down, and told."""
    note_member(domain, tx, event.old, event.new)


SUBSCRIBERS = (on(MemberChanged, note_roles),)
