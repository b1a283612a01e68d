"""What incidents make of what happens elsewhere: responses, Homes that show them, a channel that is not made."""

from bot.effects.events import NotDelivered
from bot.incidents.declare import without_channel
from bot.incidents.homes import draw_home, draw_homes
from bot.office import Office
from bot.office.subscribing import on
from bot.people import absence
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.power.events import PowersChanged
from bot.runs.events import ItemDecided


def draw_theirs(office: Office, tx: Tx, event: MemberChanged) -> None:
    """Somebody counts for nothing here from now on, or does again."""
    if absence(event.new) != absence(event.old):
        draw_home(tx, event.new)


def draw_all(office: Office, tx: Tx, event: PowersChanged) -> None:
    """Roles decide which confidential incidents somebody sees."""
    draw_homes(tx)


def show_elsewhere(office: Office, tx: Tx, event: NotDelivered) -> None:
    """An incident's channel cannot be made (now)."""
    if event.effect.kind == "channel.create":
        without_channel(office, tx, event.effect)


def note_response(office: Office, tx: Tx, event: ItemDecided) -> None:
    """The first item that a person decides about is the response."""
    for incident in tx.incidents.find(run_id=event.run.id, responded_at=None) if event.run.kind.led else ():
        tx.incidents.save(incident, responded_at=tx.now)


SUBSCRIBERS = (
    on(ItemDecided, note_response),
    on(MemberChanged, draw_theirs),
    on(PowersChanged, draw_all),
    on(NotDelivered, show_elsewhere),
)
