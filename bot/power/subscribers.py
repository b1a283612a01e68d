"""Who may what, by what Slack says of people."""

from bot.office import Office
from bot.office.subscribing import on
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.power.stock import note_member


def note_roles(office: Office, tx: Tx, event: MemberChanged) -> None:
    """What roles the change gave or took is written down, and told."""
    note_member(office, tx, event.old, event.new)


SUBSCRIBERS = (on(MemberChanged, note_roles),)
