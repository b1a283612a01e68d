"""What the legal clocks make of what happens to incidents."""

from bot.domain import Domain
from bot.domain.subscribing import on
from bot.incidents.events import IncidentMerged
from bot.legal.clocks import clocks_of, knowledge_of
from bot.legal.model import Knowledge, LegalClock
from bot.ports import Tx


def move_clocks(domain: Domain, tx: Tx, event: IncidentMerged) -> None:
    """The clocks of a duplicate go on with what it is merged into; where both have some, each set goes on by itself."""
    old, new = event.duplicate.id, event.target.id
    if knowledge_of(tx, new) is not None:
        return
    for said in tx.rows(Knowledge).find(incident=old, order="id"):
        tx.rows(Knowledge).save(said, incident=new)
    for clock in clocks_of(tx, old):
        tx.rows(LegalClock).save(clock, incident=new)


SUBSCRIBERS = (on(IncidentMerged, move_clocks),)
