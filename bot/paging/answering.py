"""Answers to calls: a digit, a one-time link, PagerDuty. Who was called is on it; who is unknown is written down."""

from dataclasses import dataclass

from bot.alerts.outcome import person_name
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import text_message
from bot.errors import Refusal
from bot.incidents.acknowledge import How, acknowledge
from bot.incidents.model import Incident, IncidentStatus
from bot.paging.hearing import heard
from bot.paging.model import LINK_LASTS, CallState, PagerCall
from bot.paging.notices import hash_of, incident_of, words_of
from bot.people import ROBOT, absence
from bot.ports import Tx
from bot.power.standing import actor_of
from bot.text import say


@dataclass(frozen=True)
class Asked:
    """What a person was called for, in whose language; `over` says why there is nothing to acknowledge any more."""

    call_id: int
    incident: int
    words: str
    locale: str
    over: str = ""


def linked(domain: Domain, tx: Tx, token: str) -> Asked | None:
    """What a one-time link is about; None when there is no such link, or it is too old."""
    calls = tx.rows(PagerCall).find(link=hash_of(token), limit=1) if token else []
    return asked(domain, tx, calls[0].id) if calls and tx.now - calls[0].at < LINK_LASTS else None


def asked(domain: Domain, tx: Tx, call_id: int) -> Asked | None:
    """What a call is about; None when it is about no incident, or its person has left since."""
    call = tx.rows(PagerCall).get(call_id)
    alert = tx.alerts.get(call.alert_id) if call else None
    incident = incident_of(tx, alert.run_id) if alert else None
    if alert is None or incident is None or not _is_there(domain, tx, alert.person):
        return None
    person = domain.team.people.get(alert.person)
    words, over = words_of(tx, incident.run_id) or "", _over(domain, tx, incident)
    if call and call.state is CallState.ACKNOWLEDGED:
        over = over or say("This was used already: open Slack.")
    return Asked(call_id, incident.id, words, person.locale if person else "", over)


def _is_there(domain: Domain, tx: Tx, person: str) -> bool:
    """Whether somebody of the team file still is one of us: whoever is not in Slack at all may be."""
    user = domain.user_of(tx, person)
    member = tx.members.get(user) if user else None
    return person in domain.team.people and not (member and absence(member))


def _over(domain: Domain, tx: Tx, incident: Incident) -> str:
    if incident.status is not IncidentStatus.OPEN:
        return say("Incident {id} is not open any more.", id=incident.id)
    if incident.acknowledged_by is None:
        return ""
    who = actor_of(domain, tx, incident.acknowledged_by).name
    return say("{who} is on incident {id} already.", who=who, id=incident.id)


def answer(domain: Domain, tx: Tx, call_id: int, how: How) -> str:
    """The person of a call says that they are on it; what they are told.

    Raises:
        Refusal: it is not open any more, or not theirs to see.
    """
    before = asked(domain, tx, call_id)
    call = tx.rows(PagerCall).get(call_id)
    alert = tx.alerts.get(call.alert_id) if call else None
    if before is None or call is None or alert is None:
        return say("There is nothing to acknowledge.")
    if call.state is CallState.ACKNOWLEDGED:  # a repeated delivery: it may have been handed back since
        return before.over
    heard(domain, tx, call_id, CallState.ACKNOWLEDGED)
    user = domain.user_of(tx, alert.person)
    if user is None:
        _note_stranger(tx, alert.run_id, person_name(domain, tx, alert.person), say("pager"))
        return say("This was noted, but your Slack account is not known: tell the others in Slack.")
    done = acknowledge(domain, tx, actor_of(domain, tx, user), before.incident, how)
    if not done.first:
        return _over(domain, tx, done.incident)
    return say("You are on incident {id}. Nobody else is called.", id=before.incident)


def answered_in_pagerduty(domain: Domain, tx: Tx, key: str, email: str | None, name: str) -> None:
    """Somebody acknowledged in PagerDuty what this key opened there."""
    calls = tx.rows(PagerCall).find(key=key, order="id")
    for call in calls:
        heard(domain, tx, call.id, CallState.ACKNOWLEDGED)
    alert = tx.alerts.get(calls[-1].alert_id) if calls else None
    incident = incident_of(tx, alert.run_id) if alert else None
    if incident is None or incident.status is not IncidentStatus.OPEN or incident.acknowledged_at is not None:
        return
    person = domain.team.key_of(slack="", email=email) or _by_email(domain, email)
    user = domain.user_of(tx, person) if person and _is_there(domain, tx, person) else None
    if user is None:
        _note_stranger(tx, incident.run_id, name, "PagerDuty", incident)
        return
    try:
        acknowledge(domain, tx, actor_of(domain, tx, user), incident.id, "page")
    except Refusal:  # it is not theirs to see or to answer
        _note_stranger(tx, incident.run_id, name, "PagerDuty", incident, known=True)


def _by_email(domain: Domain, email: str | None) -> str | None:
    """Also of who has a Slack id in the team file."""
    wanted = (email or "").casefold()
    people = domain.team.people.items()
    return next((key for key, each in people if wanted and (each.email or "").casefold() == wanted), None)


def _note_stranger(
    tx: Tx, run_id: int, name: str, how: str, incident: Incident | None = None, *, known: bool = False
) -> None:
    """Who cannot be told from the team file, or may not (`known`), leads nothing: the others go on being called."""
    tx.timeline.record("page.answered", ROBOT, run_id, person=name, how=how)
    tx.cards.touch(run_id)
    if incident and incident.channel:
        stranger = say("{who} acknowledged in {how}, and the team file does not know them: is somebody on it?",
                       who=name, how=how)  # fmt: skip
        powerless = say("{who} acknowledged in {how}, and may not acknowledge this incident: is somebody on it?",
                        who=name, how=how)  # fmt: skip
        said = text_message(incident.channel, text=powerless if known else stranger)
        plan_message(tx, said, f"run:{run_id}:answered", run_id=run_id)
