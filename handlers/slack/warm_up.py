"""What is drawn first at three in the morning, drawn once at start."""

from collections.abc import Callable
from typing import Any

import anyio
import structlog

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.incidents import look
from bot.people import Actor
from bot.ports import Tx
from bot.startup.warm_up import warm_up
from handlers.slack.cards.view import read_view
from handlers.slack.drawing import draw
from handlers.slack.incidents.lists import incident_list

log = structlog.get_logger()


async def warm_up_first(transactions: Transactions, mask: Callable[[Any], Any]) -> None:
    """Do once what is asked for first, and take it back: the first command is as fast as the tenth."""
    anyio.Event()  # What every HTTP client of ours loads at its first request.

    def show(domain: Domain, tx: Tx, actor: Actor, run_id: int) -> None:
        _show(domain, tx, actor, run_id, mask)

    try:
        await transactions.database.warm_up(lambda tx: warm_up(transactions.domain, tx, show))
    except Exception:
        # Nothing depends on it: whoever asks first waits a little longer.
        log.exception("warm_up.defect")


def _show(domain: Domain, tx: Tx, actor: Actor, run_id: int, mask: Callable[[Any], Any]) -> None:
    """Draw the cards of a run, and the list of incidents."""
    for card in tx.cards.find(run_id=run_id):
        view = read_view(domain, tx, card)
        if view:
            mask(draw(view).blocks)
    incident_list(look.situations(domain, tx, actor))
