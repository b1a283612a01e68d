"""What runs show of other areas."""

from bot.office import Office
from bot.office.subscribing import on
from bot.ports import Tx
from bot.power.events import PowersChanged
from bot.runs.model import RunState


def draw_cards(office: Office, tx: Tx, event: PowersChanged) -> None:
    """Cards name who may take the next decision."""
    for run in tx.runs.find(state=(RunState.WAITING, RunState.ACTIVE)):
        if not run.kind.led:
            tx.cards.touch(run.id)


SUBSCRIBERS = (on(PowersChanged, draw_cards),)
