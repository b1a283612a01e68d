"""Notices: what each address of a person is sent, written down before it is."""

import hashlib
import secrets
from dataclasses import dataclass, field

from bot.alerts.model import Alert, AlertState
from bot.domain import Domain
from bot.incidents.access import page_words
from bot.incidents.model import Incident
from bot.integrations.pagerduty.model import routing_key_of
from bot.integrations.paging.client import scheme_of
from bot.paging.model import PagerCall
from bot.people import TeamPerson
from bot.ports import Tx
from bot.updates.privacy import without_patients

PAGERDUTY, TWILIO = "pagerduty", "twilio"
MOST_EVENTS = 5000
"""Events of an incident that are looked through."""


@dataclass(frozen=True)
class Notice:
    """One address and what it is sent, in its person's language. `token` is that of its one-time link."""

    call: PagerCall
    address: str = field(repr=False)
    words: str
    locale: str = ""
    token: str = field(default="", repr=False)


def begin(domain: Domain, tx: Tx, alert_id: int, words: str) -> list[Notice]:
    """Write down that the addresses of an alert's person are called; nothing when somebody else did so first."""
    alert = tx.alerts.get(alert_id)
    if alert is None or alert.state is not AlertState.ASKED:
        return []
    tx.alerts.save(alert, state=AlertState.SENDING)
    person, incident = domain.team.people[alert.person], incident_of(tx, alert.run_id)
    return [_notice(domain, tx, alert, person, number, words, incident) for number in range(len(person.page))]


def words_of(tx: Tx, run_id: int | None) -> str | None:
    """What is said of a run outside of Slack, to other firms and behind links: nothing that looks like a patient's."""
    words = page_words(tx, run_id)
    return words and without_patients(words)


def incident_of(tx: Tx, run_id: int) -> Incident | None:
    """The incident whose run this is."""
    return next(iter(tx.incidents.find(run_id=run_id)), None)


def _notice(
    domain: Domain, tx: Tx, alert: Alert, person: TeamPerson, number: int, words: str, incident: Incident | None
) -> Notice:
    address = person.page[number]
    token = secrets.token_urlsafe(24) if incident else ""
    key = _key(domain, tx, alert, address, incident) if scheme_of(address) == PAGERDUTY else ""
    draft = PagerCall(0, alert.id, number, scheme_of(address), tx.now, key=key, link=hash_of(token))
    return Notice(tx.rows(PagerCall).add(draft), address, words, person.locale, token)


def hash_of(token: str) -> str:
    """A token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _key(domain: Domain, tx: Tx, alert: Alert, address: str, incident: Incident | None) -> str:
    """PagerDuty's key: one an incident; one a person where several share a service, which would be called once else."""
    name = f"neonops:incident:{incident.id}{_again(tx, incident)}" if incident else f"neonops:run:{alert.run_id}"
    return f"{name}:{alert.person}" if _is_shared(domain, routing_key_of(address)) else name


def _again(tx: Tx, incident: Incident) -> str:
    """What is different once nobody is on it any more: PagerDuty calls nobody for what was acknowledged there, and what
    it hears late of the time before is not about this."""
    events = tx.timeline.of_run(incident.run_id, limit=MOST_EVENTS)
    count = sum(each.kind in ("incident.handed_back", "incident.reopened") for each in events)
    return f":again{count}" if count else ""


def _is_shared(domain: Domain, routing_key: str | None) -> bool:
    addresses = ([a for a in each.page if scheme_of(a) == PAGERDUTY] for each in domain.team.people.values())
    return sum(routing_key in map(routing_key_of, of_one) for of_one in addresses) > 1
