"""Who hears of an incident by a direct message: subscribers, of all services or of one."""

from collections.abc import Iterable, Mapping

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import LATER
from bot.effects.outgoing import Outgoing
from bot.errors import Refusal
from bot.incidents.model import Incident
from bot.people import Actor, absence
from bot.ports import Tx
from bot.text import listing, say
from bot.updates.model import StatusUpdate, Subscription

ALL = ""
"""In place of a service: all of them, and incidents that name none."""


def subscribe(domain: Domain, tx: Tx, actor: Actor, service: str, *, active: bool = True) -> bool:
    """Tell the actor of incidents of a service (or of ALL) from now on, or not any more; whether that is new."""
    _check(domain, service)
    known = tx.rows(Subscription).get(actor.user, service)
    if known is None and active:
        tx.rows(Subscription).add(Subscription(actor.user, service, tx.now))
    elif known and known.active is not active:
        tx.rows(Subscription).save(known, active=active, at=tx.now)
    return active is not bool(known and known.active)


def subscriptions(tx: Tx, user: str) -> list[str]:
    """The services of which a user is told; ALL is one of them."""
    return [each.service for each in tx.rows(Subscription).find(user=user, active=True, order="service")]


def _check(domain: Domain, service: str) -> None:
    known = [each.id for each in domain.runbook.services]
    if service and service not in known:
        raise Refusal(
            say("{service} is not a service of the runbook; there are {services}.", service=service,
                services=listing(known, most=20))
        )  # fmt: skip


def tell_subscribers(
    domain: Domain, tx: Tx, incident: Incident, template: str, data: Mapping[str, object], services: Iterable[str] = ()
) -> None:
    """Plan direct messages to who wants to hear of it and may: nobody of a drill, members only of what is private."""
    if incident.drill:
        return
    touched = {ALL, *services, *touched_services(tx, incident)}
    found = tx.rows(Subscription).find(service=tuple(touched), active=True, order="at")
    for user in dict.fromkeys(each.user for each in found):
        if _may_hear(tx, incident, user):
            target = f"run:{incident.run_id}:subscriber:{user}"
            outgoing = Outgoing((user,), template, dict(data))
            plan_message(tx, outgoing, target, run_id=incident.run_id, priority=LATER)


def touched_services(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """The services that its updates named so far."""
    told = tx.rows(StatusUpdate).find(incident=incident.id, order="id")
    return tuple(dict.fromkeys(service for update in told for service in update.services))


def _may_hear(tx: Tx, incident: Incident, user: str) -> bool:
    member = tx.members.get(user)
    if member and absence(member):
        return False
    return user in incident.members or not (incident.private or incident.confidential)
