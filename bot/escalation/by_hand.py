"""Calling a level because a person decides so, also one that the clock never calls."""

from datetime import timedelta

from bot.alerts.model import LEVEL, AlertState
from bot.domain import Domain
from bot.errors import Refusal
from bot.escalation.calling import Escalation, call_level, escalation_of, set_clock, take_snapshot
from bot.escalation.model import Level, LevelState
from bot.incidents.access import visible
from bot.incidents.model import Incident, IncidentStatus
from bot.people import Actor, require
from bot.ports import Tx
from bot.text import listing, say, span

REASON_LIMIT = 500
"""Characters of a reason."""
AGAIN_AFTER = timedelta(minutes=5)
"""How long a level that only a person calls is not called again."""


def chosen_level(domain: Domain, tx: Tx, actor: Actor, number: int, level: int) -> tuple[Incident, Level]:
    """The level that a person means (0 = the one that is next), when they may call it; a Refusal otherwise."""
    incident = visible(domain, tx, actor, number)
    require(actor, "respond", domain.runbook, say("escalate an incident"))
    if incident.status is not IncidentStatus.OPEN:
        raise Refusal(say("Incident {id} is not open any more: /incident reopen opens it again.", id=incident.id))
    now = escalation_of(domain, tx, incident.run_id)
    assert now
    return incident, _level(now, level)


def _level(now: Escalation, number: int) -> Level:
    if not now.levels:
        raise Refusal(say("The runbook has no escalation levels: there is nobody to call."))
    left = (LevelState.WAITING, LevelState.ASKED)
    found = now.level(number) if number else next((each for each in now.levels if each.state in left), None)
    if found is None:
        known = listing([f"{each.level} ({each.title})" for each in now.levels])
        if number:
            raise Refusal(say("There is no level {level}. The levels are {known}.", level=number, known=known))
        raise Refusal(say("Every level was called. Name one to call it again: {known}.", known=known))
    return found


def escalate(domain: Domain, tx: Tx, actor: Actor, number: int, level: int, reason: str) -> Level:
    """Call a level now. Whoever decides so lets its people know of the incident, also of a private one."""
    found = tx.incidents.get(number)
    now = escalation_of(domain, tx, found.run_id) if found else None
    if now and not now.levels:  # declared by an earlier version
        take_snapshot(domain, tx, now.run.id)
    incident, chosen = chosen_level(domain, tx, actor, number, level)
    now = escalation_of(domain, tx, incident.run_id)
    assert now
    if chosen.confirm and not reason.strip():
        raise Refusal(say("Level {level} ({name}) is called with a reason: what do they have to decide?",
                          level=chosen.level, name=chosen.title))  # fmt: skip
    _check_again(tx, chosen)
    people = [each for each in chosen.people if each in domain.team.people]
    if not people:
        raise Refusal(say("Nobody can be called: nobody in the team file holds the roles of level {level} ({name}).",
                          level=chosen.level, name=chosen.title))  # fmt: skip
    called = call_level(domain, tx, now, chosen, people[: chosen.at_once], actor, reason.strip())
    set_clock(domain, tx, incident.run_id)
    return called


def _check_again(tx: Tx, level: Level) -> None:
    """Raise a Refusal when people who are called only with a reason were called just now: a click too many."""
    rows = tx.alerts.find(run_id=level.run_id, item=f"{LEVEL}{level.level}", order="-id")
    called = [each for each in rows if each.state is not AlertState.UNREACHED and tx.now - each.at < AGAIN_AFTER]
    if level.confirm and called:
        raise Refusal(say("Nobody was called: level {level} ({name}) was called {time} ago already. It can be called "
                          "again {after} after that.", level=level.level, name=level.title,
                          time=span(tx.now - called[0].at), after=span(AGAIN_AFTER)))  # fmt: skip
