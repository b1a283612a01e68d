"""What comes of calling people: the item is ticked when one of its own was reached; else the next ones are tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.calling import call_people
from bot.alerts.escalation import next_people
from bot.alerts.events import CallSettled
from bot.alerts.model import LEVEL, Alert, AlertState, Call, Way
from bot.alerts.words import alert_words, anybody_reached
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import Effect
from bot.effects.outgoing import text_message
from bot.incidents.access import may_see
from bot.incidents.model import Incident
from bot.incidents.places import places_to_tell
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.runs.engine import settling
from bot.runs.model import Run, StepState
from bot.runs.outcome import Done, Failed
from bot.text import choice, say

DIRECT = 1
"""Beside the mention of the others."""


@dataclass(frozen=True)
class Told:
    """A person was reached, or certainly was not: `how`, or why not."""

    reached: bool
    how: str


@dataclass(frozen=True)
class ToTell:
    """A person is not where the others are mentioned: they get a direct message."""

    user: str


def told(domain: Domain, tx: Tx, effect: Effect, found: Mapping[str, Told | ToTell]) -> None:
    """What became of mentioning people."""
    call = call_of(effect)
    assert effect.run_id
    for alert in _of_call(tx, effect.run_id, call):
        outcome = found.get(alert.person)
        if isinstance(outcome, ToTell):
            payload = {**vars(call), "person": alert.person, "user": outcome.user, "alert": alert.id}
            target = f"run:{alert.run_id}:direct:{alert.id}"
            tx.effects.plan("alert.direct", target, payload, run_id=alert.run_id, priority=DIRECT)
        elif outcome:
            _write(domain, tx, alert, AlertState.REACHED if outcome.reached else AlertState.UNREACHED, outcome.how)
    follow(domain, tx, effect.run_id, call.item, call.step_attempt)


def call_of(effect: Effect) -> Call:
    """The call that an effect carries out."""
    kept = effect.payload
    return Call(kept["item"], kept["step_attempt"], kept["turn"], kept["message"], kept.get("place"))


def settle(domain: Domain, tx: Tx, alert_id: int, state: AlertState, how: str) -> None:
    """What became of one person, one way."""
    alert = tx.alerts.get(alert_id)
    if alert:
        _write(domain, tx, alert, state, how)
        follow(domain, tx, alert.run_id, alert.item, alert.step_attempt)


def not_done(domain: Domain, tx: Tx, effect: Effect) -> None:
    """An effect that should reach people is given up: the next ones are tried. (While Slack is away it is not.)"""
    why = effect.error or say("it failed")
    if "alert" in effect.payload:
        settle(domain, tx, effect.payload["alert"], AlertState.UNREACHED, why)
    elif "item" in effect.payload and effect.run_id:
        told(domain, tx, effect, {person: Told(False, why) for person in effect.payload["people"]})


def _of_call(tx: Tx, run_id: int, call: Call) -> list[Alert]:
    rows = tx.alerts.find(run_id=run_id, item=call.item, step_attempt=call.step_attempt, turn=call.turn)
    return [row for row in rows if row.way is Way.MESSAGE and row.state is not AlertState.REACHED]


def _write(domain: Domain, tx: Tx, alert: Alert, state: AlertState, how: str) -> None:
    tx.alerts.save(alert, state=state, how=how, at=tx.now, **_when(tx, alert, state))
    who = person_name(domain, tx, alert.person)
    said = {"person": who, "way": str(alert.way), "state": str(state), "how": how}
    tx.timeline.record("person.alerted", ROBOT, alert.run_id, **said)


def _when(tx: Tx, alert: Alert, state: AlertState) -> dict[str, datetime]:
    """When it was sent and delivered: of a pager only its firm can say that it was delivered."""
    if state is not AlertState.REACHED:
        return {}
    sent = alert.sent_at or tx.now
    return {"sent_at": sent} | ({"delivered_at": sent} if alert.way is Way.MESSAGE else {})


def follow(domain: Domain, tx: Tx, run_id: int, item: str, step_attempt: int) -> None:
    """Bring the item up to date, and try the next ones when all who were tried are known not to be reached."""
    run = tx.runs.get(run_id)
    assert run
    rows = [row for row in tx.alerts.find(run_id=run_id, item=item, step_attempt=step_attempt)
            if row.way is not Way.INVITATION]  # fmt: skip
    if item:
        _settle_item(domain, tx, run, item, rows)
    tx.cards.touch(run_id)
    over = all(row.state.settled for row in rows)
    if item.startswith(LEVEL):
        if over:
            domain.publish(tx, CallSettled(run, item, step_attempt, tuple(rows)))
    elif over and not anybody_reached(rows) and not run.drill and not run.state.ended:
        _go_on(domain, tx, run, Call(item, step_attempt, max((row.turn for row in rows), default=0)), rows)


def _settle_item(domain: Domain, tx: Tx, run: Run, item: str, rows: list[Alert]) -> None:
    record = tx.steps.get(run.id, item)
    if record is None or (rows and record.attempt != rows[0].step_attempt):
        return
    named = [row for row in rows if row.turn == 0]
    said = alert_words(rows, lambda person: person_name(domain, tx, person))
    words = said if named else f"{_nobody(domain, tx, run, item)}\n{said}".strip()
    if anybody_reached(named) and record.state in (StepState.STARTED, StepState.FAILED):
        settling.redeliver(tx, run.id, item)
        settling.delivered(domain, tx, run.id, item, Done(words))
    elif record.state is StepState.STARTED and all(row.state.settled for row in named):
        settling.delivered(domain, tx, run.id, item, Failed(words))
    else:
        settling.found_more(domain, tx, run.id, item, words)


def _nobody(domain: Domain, tx: Tx, run: Run, item: str) -> str:
    words = role_words(roles_of(domain, tx, run, item))
    return say("Nobody was reached: nobody in the team file holds the role {roles}.", roles=words)


def roles_of(domain: Domain, tx: Tx, run: Run, item: str) -> tuple[str, ...]:
    """The roles that an item alerts, or the incident as a whole."""
    if item:
        steps = {step.id: step for _, step in domain.procedure_of(tx, run).steps()}
        step = steps.get(item)
        return step.alerted if step else ()
    incident = _incident(tx, run)
    severities = {each.id: each for each in domain.runbook_of(tx, run).severities}
    return severities[incident.severity].alerted if incident and incident.severity in severities else ()


def _go_on(domain: Domain, tx: Tx, run: Run, call: Call, rows: list[Alert]) -> None:
    """Call the next level of the escalation, once; after the last, say it where the team talks."""
    incident = _incident(tx, run)
    if incident and incident.acknowledged_at:
        return
    if not tx.claims.claim(f"alert:{run.id}:{call.item}:{call.step_attempt}:{call.turn + 1}"):
        return
    roles = roles_of(domain, tx, run, call.item)
    tried = {row.person for row in rows}
    found = next_people(
        domain.runbook_of(tx, run), domain.team, roles, tried, lambda person: may_know(domain, tx, person, incident)
    )
    words = say("nobody in {roles} was reached: {title}", roles=role_words(roles), title=run.title)
    if found:
        again = Call(call.item, call.step_attempt, call.turn + 1, words)
        call_people(domain, tx, run, found.people, again)
    else:
        _tell_team(domain, tx, run, words)


def may_know(domain: Domain, tx: Tx, person: str, incident: Incident | None) -> bool:
    """Whether somebody of the team file may hear of the incident."""
    known = domain.team.people[person]
    actor = Actor(domain.user_of(tx, person) or "", known.name, domain.team.roles_of(person))
    return incident is None or may_see(domain, tx, actor, incident)


def _tell_team(domain: Domain, tx: Tx, run: Run, words: str) -> None:
    """The last resort: everybody of the team's channel, or (what is private) who asked."""
    tx.timeline.record("nobody.reached", ROBOT, run.id)
    places = places_to_tell(domain, tx, run)
    if places:
        everybody = places[0] == domain.team.channels.get("devops")
        said = f"🚨 {words[:1].upper()}{words[1:]}."
        outgoing = text_message(*places, text=said, everybody=everybody)
        plan_message(tx, outgoing, f"run:{run.id}:nobody", run_id=run.id, priority=DIRECT)


def role_words(roles: tuple[str, ...]) -> str:
    """`devops or platform lead`."""
    return choice([role.replace("_", " ") for role in roles])


def person_name(domain: Domain, tx: Tx, person: str) -> str:
    """The name of somebody of the team file, or of a Slack user."""
    if person in domain.team.people:
        return domain.team.people[person].name
    member = tx.members.get(person)
    return member.name if member else person


def _incident(tx: Tx, run: Run) -> Incident | None:
    found = tx.incidents.find(run_id=run.id)
    return found[0] if found else None
