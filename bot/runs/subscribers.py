"""What runs show of other areas."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.ports import Tx
from bot.power.events import PowersChanged
from bot.runs.model import RunState


def draw_cards(domain: Domain, tx: Tx, event: PowersChanged) -> None:
    """Cards name who may take the next decision."""
    for run in tx.runs.find(state=(RunState.WAITING, RunState.ACTIVE)):
        if not run.kind.led:
            tx.cards.touch(run.id)


SUBSCRIBERS = (on(PowersChanged, draw_cards),)
