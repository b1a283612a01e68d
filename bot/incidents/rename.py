"""Renaming an incident: its title was a guess of the first minute."""

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.conduct import may_conduct, run_of
from bot.incidents.declare import clean_title
from bot.incidents.model import Incident
from bot.incidents.telling import tell
from bot.people import Actor
from bot.ports import Tx
from bot.text import say


def rename(domain: Domain, tx: Tx, actor: Actor, number: int, title: str) -> Incident:
    """Give the incident another title, everywhere it is shown from now on; the channel keeps its name."""
    incident, title = may_conduct(domain, tx, actor, number), clean_title(title)
    if title == incident.title:
        raise Refusal(say("Incident {id} has this title already.", id=incident.id))
    tx.runs.save(run_of(tx, incident), title=title)
    changed = tx.incidents.save(incident, title=title)
    tx.timeline.record("incident.renamed", actor, incident.run_id, old=incident.title, new=title)
    tell(tx, changed, "renamed", {"by": actor.user, "old": incident.title, "new": title})
    return changed
