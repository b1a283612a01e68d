"""Acknowledging an incident: somebody is on it, and nobody else is called; or they hand it back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.access import visible
from bot.incidents.events import IncidentAcknowledged, IncidentHandedBack
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.telling import tell
from bot.people import Actor, mention, require
from bot.ports import Tx
from bot.runbook.sections.incidents import leading_role
from bot.runs.model import Run
from bot.text import say, span

How = Literal["slack", "command", "lead", "page", "link", "work"]
"""How somebody said so: a button, a command, by taking the lead, on their pager, by a link, by working on it."""


@dataclass(frozen=True)
class Acknowledged:
    """An incident that somebody is on; `first` when they said so just now."""

    incident: Incident
    first: bool

    @property
    def took(self) -> timedelta:
        """How long it took until somebody was on it."""
        assert self.incident.acknowledged_at
        return self.incident.acknowledged_at - self.incident.declared_at


def acknowledge(domain: Domain, tx: Tx, actor: Actor, number: int, how: How = "slack") -> Acknowledged:
    """The actor is on it. The first one counts; whoever says so later learns who is, and changes nothing.

    Raises:
        Refusal: it is not open, or the actor may not respond and was not called.
    """
    incident, run = _open(tx, visible(domain, tx, actor, number))
    if not may_acknowledge(domain, tx, actor, incident):
        require(actor, "respond", domain.runbook, say("acknowledge an incident"))
    if incident.acknowledged_at is not None:
        return Acknowledged(incident, first=False)
    lead = _lead(domain, tx, run)
    leads = {} if lead in incident.roles else {lead: actor.user}
    changed = tx.incidents.save(
        incident, acknowledged_at=tx.now, acknowledged_by=actor.user, roles={**incident.roles, **leads},
        responded_at=incident.responded_at or tx.now,
    )  # fmt: skip
    _let_in(tx, changed, actor)
    done = Acknowledged(changed, first=True)
    said = {"how": how, "took": span(done.took), "leads": bool(leads)}
    tx.timeline.record("incident.acknowledged", actor, run.id, **said)
    tell(tx, changed, "acknowledged", {"by": actor.user, **said})
    domain.publish(tx, IncidentAcknowledged(changed, run, actor.user, how))
    return done


def hand_back(domain: Domain, tx: Tx, actor: Actor, number: int) -> Incident:
    """Nobody is on it any more, and people are called again: whoever was on it, or may respond, says so."""
    incident, run = _open(tx, visible(domain, tx, actor, number))
    if incident.acknowledged_by is None:
        raise Refusal(say("Nobody has acknowledged incident {id}: there is nothing to hand back.", id=incident.id))
    if actor.user != incident.acknowledged_by:
        require(actor, "respond", domain.runbook, say("hand an incident back"))
    lead = _lead(domain, tx, run)
    left = {role: user for role, user in incident.roles.items() if (role, user) != (lead, incident.acknowledged_by)}
    changed = tx.incidents.save(incident, acknowledged_at=None, acknowledged_by=None, roles=left)
    said = {"user": incident.acknowledged_by}
    tx.timeline.record("incident.handed_back", actor, run.id, **said)
    tell(tx, changed, "handed_back", {"by": actor.user, **said})
    domain.publish(tx, IncidentHandedBack(changed, run))
    return changed


def acknowledged_words(done: Acknowledged) -> str:
    """What who said so is answered."""
    number, who = done.incident.id, mention(done.incident.acknowledged_by)
    if done.first:
        return say("🙋 You are on incident {id}: nobody else is called.", id=number)
    return say("{who} is on incident {id} already. Nothing was changed.", who=who, id=number)


def _open(tx: Tx, incident: Incident) -> tuple[Incident, Run]:
    if incident.status is not IncidentStatus.OPEN:
        raise Refusal(say("Incident {id} is not open any more: /incident reopen opens it again.", id=incident.id))
    run = tx.runs.get(incident.run_id)
    assert run
    return incident, run


def _lead(domain: Domain, tx: Tx, run: Run) -> str:
    """The role of who leads the incident."""
    return leading_role(domain.runbook_of(tx, run).incident_roles).id


def _let_in(tx: Tx, incident: Incident, actor: Actor) -> None:
    """Who was called elsewhere is invited to where it goes on."""
    if actor.user not in incident.members and actor.place != incident.channel:
        invited = {"roles": [], "users": [actor.user], "asked_by": actor.user}
        tx.effects.plan("channel.invite", f"run:{incident.run_id}:invite", invited, run_id=incident.run_id)


def may_acknowledge(domain: Domain, tx: Tx, actor: Actor, incident: Incident) -> bool:
    """Whether they may say so of an open incident: who may respond, and who was called for it."""
    people = domain.names_of(tx, actor.user)
    called = tx.alerts.find(run_id=incident.run_id, person=people, way=("message", "page"), limit=1)
    return incident.status is IncidentStatus.OPEN and (bool(called) or actor.may("respond", domain.runbook))
