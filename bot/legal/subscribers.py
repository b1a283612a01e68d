"""What the legal clocks make of what happens to incidents."""

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.domain.subscribing import on
from bot.effects.outgoing import RUN, Outgoing
from bot.incidents.events import IncidentClosed, IncidentMerged
from bot.legal.clocks import clocks_of, knowledge_of
from bot.legal.model import Knowledge, LegalClock
from bot.legal.words import legal_view, short_words
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


def say_that_they_run(domain: Domain, tx: Tx, event: IncidentClosed) -> None:
    """The incident is closed, and the law's clocks are not: that is said, lest nobody expects their reminders."""
    view = legal_view(domain, tx, event.incident)
    if words := short_words(view):
        run_id = event.incident.run_id
        outgoing = Outgoing((RUN,), "legal.reminded", {"words": words})
        plan_message(tx, outgoing, f"run:{run_id}:say", run_id=run_id)


SUBSCRIBERS = (on(IncidentMerged, move_clocks), on(IncidentClosed, say_that_they_run))
