"""Links to the complete timeline of an incident: for people who are in it, for an hour, and only the newest works."""

import hashlib
import secrets
from datetime import timedelta

from bot.domain import Domain
from bot.incidents.access import may_see
from bot.incidents.model import Incident
from bot.people import Actor, absence
from bot.ports import Tx
from bot.timelines.model import TimelineLink

VALID = timedelta(hours=1)


def make_link(domain: Domain, tx: Tx, actor: Actor, incident: Incident) -> str:
    """The secret of a new link; empty for who is not in the incident."""
    if actor.user not in incident.members:
        return ""
    secret, links = secrets.token_urlsafe(24), tx.rows(TimelineLink)
    made = TimelineLink(0, incident.run_id, actor.user, _digest(secret), tx.now + VALID)
    known = links.find(run_id=incident.run_id, user=actor.user)
    if known:
        links.save(known[0], digest=made.digest, expires_at=made.expires_at)
    else:
        links.add(made)
    return secret


def opened(domain: Domain, tx: Tx, secret: str) -> Incident | None:
    """The incident whose timeline the link shows; None when it does not (any more): the same whatever the cause."""
    found = tx.rows(TimelineLink).find(digest=_digest(secret))
    if not found or found[0].expires_at <= tx.now:
        return None
    member = tx.members.get(found[0].user)
    incident = tx.incidents.find(run_id=found[0].run_id)[0]
    if member is None or absence(member) or member.user not in incident.members:
        return None
    return incident if may_see(domain, tx, domain.actor(member), incident) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
