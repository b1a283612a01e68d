"""The legal clocks of an incident: set by what a person knows, settled by what a person did, and never by NeonOps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.errors import Refusal
from bot.incidents.conduct import may_conduct
from bot.incidents.model import Incident
from bot.legal.calendar import due_at
from bot.legal.model import ClockState, Knowledge, LegalClock
from bot.people import Actor
from bot.ports import Tx
from bot.runbook.sections.legal import Clock, Legal
from bot.text import choice, listing, moment, say, shorten

KIND = "legal"
"""The kind of the timers that remind of legal clocks. They are of no run: resolving and closing leave them alone."""
WORDS_LIMIT = 500
EARLIEST = timedelta(days=3650)


def legal_of(domain: Domain) -> Legal:
    """The legal side of the runbook in force: the law of today also holds for incidents of earlier versions."""
    if domain.runbook.legal is None:
        raise Refusal(say("The runbook has no legal clocks: its section `legal` is missing."))
    return domain.runbook.legal


def knowledge_of(tx: Tx, number: int) -> Knowledge | None:
    """What is in force; None until somebody said it."""
    found = tx.rows(Knowledge).find(incident=number, order="-id", limit=1)
    return found[0] if found else None


def clocks_of(tx: Tx, number: int) -> list[LegalClock]:
    """The clocks of an incident, in the order of the runbook that they were set by."""
    return tx.rows(LegalClock).find(incident=number, order="id")


def set_knowledge(
    domain: Domain, tx: Tx, actor: Actor, number: int, known_at: datetime, reason: str = ""
) -> tuple[Incident, list[LegalClock]]:
    """Say from when on the team knew that personal data were affected: every clock runs from there.

    A correction needs a reason; what was met or does not apply stays as it is.
    """
    incident, legal, before = may_conduct(domain, tx, actor, number), legal_of(domain), knowledge_of(tx, number)
    reason = shorten(" ".join(reason.split()), WORDS_LIMIT)
    _check_knowledge(domain, tx, known_at, before, reason)
    tx.rows(Knowledge).add(Knowledge(0, number, known_at, actor.user, tx.now, reason))
    said = {"known_at": known_at.isoformat(), "before": before.known_at.isoformat() if before else None}
    tx.timeline.record("legal.knowledge", actor, incident.run_id, reason=reason, **said)
    _add_missing(tx, number, legal)
    for clock in clocks_of(tx, number):
        _set_going(domain, tx, clock)
    _say(tx, incident, "legal.started", {"by": actor.user, "reason": reason})
    return incident, clocks_of(tx, number)


def _check_knowledge(domain: Domain, tx: Tx, known_at: datetime, before: Knowledge | None, reason: str) -> None:
    if known_at > tx.now:
        raise Refusal(say("{time} lies in the future: write when it was known.", time=moment(known_at, domain.zone)))
    if known_at < tx.now - EARLIEST:
        raise Refusal(say("{day} lies more than ten years back: check the year.", day=f"{known_at:%Y-%m-%d}"))
    if before and before.known_at == known_at:
        raise Refusal(say("Nothing was changed: this is the time that is set."))
    if before and not reason:
        raise Refusal(
            say(
                "The time of knowledge is set already ({time}). To correct it, write the reason after the new time.",
                time=moment(before.known_at, domain.zone),
            )
        )


def _add_missing(tx: Tx, number: int, legal: Legal) -> None:
    there = {each.clock for each in clocks_of(tx, number)}
    for clock in legal.applying():
        if clock.id not in there:
            row = LegalClock(0, number, clock.id, clock.text, clock.source, ClockState.WAITING)
            tx.rows(LegalClock).add(row)


def _set_going(domain: Domain, tx: Tx, clock: LegalClock) -> None:
    """Count a clock anew that is not settled, with the reminders that still lie ahead."""
    legal = legal_of(domain)
    rule = next((each for each in legal.clocks if each.id == clock.clock), None)
    if clock.state.settled or rule is None:
        return
    start = _start(tx, clock.incident, rule)
    due = due_at(start, rule, legal, domain.zone) if start else None
    state = ClockState.RUNNING if due else ClockState.WAITING
    if (due, state) != (clock.due_at, clock.state):
        tx.rows(LegalClock).save(clock, due_at=due, state=state)
    _set_timers(tx, clock.id, due, legal.remind_before)


def _start(tx: Tx, number: int, rule: Clock) -> datetime | None:
    """From when on a clock runs; None while what it waits for has not come."""
    if rule.after is None:
        known = knowledge_of(tx, number)
        return known.known_at if known else None
    found = [each for each in clocks_of(tx, number) if each.clock == rule.after]
    if rule.counted_from == "due":
        return found[0].due_at if found and found[0].state is not ClockState.NOT_APPLICABLE else None
    return found[0].settled_at if found and found[0].state is ClockState.MET else None


def _set_timers(tx: Tx, clock_id: int, due: datetime | None, before: Sequence[timedelta]) -> None:
    """Set the reminders of a clock that still lie ahead, and the one at its due time; drop the others."""
    _drop_timers(tx, clock_id)
    if due is None:
        return
    for ahead in before:
        if due - ahead > tx.now:
            tx.timers.set(KIND, f"{clock_id}:{int(ahead.total_seconds())}", due - ahead, None, clock=clock_id)
    tx.timers.set(KIND, f"{clock_id}:0", due, None, clock=clock_id)


def _drop_timers(tx: Tx, clock_id: int) -> None:
    for timer in tx.timers.find(run_id=None, kind=KIND, state="pending"):
        if timer.payload["clock"] == clock_id:
            tx.timers.save(timer, state="cancelled")


def meet(domain: Domain, tx: Tx, actor: Actor, number: int, clock_id: str, reference: str) -> Incident:
    """Somebody did what the clock asks for: who, when, and under which reference number. Others may run from now on."""
    incident, clock = _unsettled(domain, tx, actor, number, clock_id)
    if clock.state is ClockState.WAITING:
        raise Refusal(say("“{clock}” does not run yet: set what it waits for first.", clock=clock.text))
    reference = _words(reference, say("Write the reference number (protocol) under which it was done, or how."))
    _settle(domain, tx, actor, incident, clock, ClockState.MET, reference)
    return incident


def set_aside(domain: Domain, tx: Tx, actor: Actor, number: int, clock_id: str, reason: str) -> Incident:
    """Somebody whose word counts says that the clock does not apply, and why."""
    incident, clock = _unsettled(domain, tx, actor, number, clock_id)
    require_decider(domain, actor, say("say that a legal clock does not apply"))
    reason = _words(reason, say("Write why it does not apply, and who decided that."))
    _settle(domain, tx, actor, incident, clock, ClockState.NOT_APPLICABLE, reason)
    return incident


def run_again(domain: Domain, tx: Tx, actor: Actor, number: int, clock_id: str, reason: str) -> Incident:
    """A clock was settled by mistake: it runs again, with the reason on record."""
    incident, clock = _found(domain, tx, actor, number, clock_id)
    if not clock.state.settled:
        raise Refusal(say("“{clock}” is not settled: it runs.", clock=clock.text))
    reason = _words(reason, say("Write why it runs again."))
    _settle(domain, tx, actor, incident, clock, ClockState.WAITING, reason)
    return incident


def require_decider(domain: Domain, actor: Actor, operation: str) -> None:
    """Raise a Refusal unless the actor has a role that decides about the law."""
    deciders = legal_of(domain).deciders
    if not actor.roles & set(deciders):
        roles = choice([role.replace("_", " ") for role in deciders])
        raise Refusal(say("You may not {operation}: it requires the role {roles}.", operation=operation, roles=roles))


def _unsettled(domain: Domain, tx: Tx, actor: Actor, number: int, clock_id: str) -> tuple[Incident, LegalClock]:
    incident, clock = _found(domain, tx, actor, number, clock_id)
    if clock.state.settled:
        raise Refusal(say("“{clock}” is settled already: {words}.", clock=clock.text, words=clock.words))
    return incident, clock


def _found(domain: Domain, tx: Tx, actor: Actor, number: int, clock_id: str) -> tuple[Incident, LegalClock]:
    incident = may_conduct(domain, tx, actor, number)
    clocks = clocks_of(tx, number)
    if not clocks:
        raise Refusal(say("No legal clock of incident {id} is set. Use /incident knowledge first.", id=number))
    found = [each for each in clocks if each.clock == clock_id]
    if not found:
        known = listing([each.clock for each in clocks], most=20)
        raise Refusal(
            say("{word} is none of the clocks of incident {id}: {known}.", word=clock_id, id=number, known=known)
        )
    return incident, found[0]


def _words(text: str, asked: str) -> str:
    words = shorten(" ".join(text.split()), WORDS_LIMIT)
    if not words:
        raise Refusal(asked)
    return words


def _settle(
    domain: Domain, tx: Tx, actor: Actor, incident: Incident, clock: LegalClock, state: ClockState, words: str
) -> None:
    """Write what a person said of a clock, and set those going that waited for it."""
    late = state is ClockState.MET and clock.due_at is not None and tx.now > clock.due_at
    by, at = (actor.user, tx.now) if state.settled else (None, None)
    tx.rows(LegalClock).save(clock, state=state, settled_by=by, settled_at=at, words=words if by else "")
    _drop_timers(tx, clock.id)
    said = {"clock": clock.text, "state": str(state), "words": words, "late": late}
    tx.timeline.record("legal.settled", actor, incident.run_id, **said)
    for each in clocks_of(tx, incident.id):
        _set_going(domain, tx, each)
    _say(tx, incident, "legal.settled", {"by": actor.user, **said})


def _say(tx: Tx, incident: Incident, message: str, data: dict[str, object]) -> None:
    """Say it in the incident's channel, and renew its cards."""
    run_id = incident.run_id
    tx.cards.touch(run_id)
    plan_message(tx, Outgoing((RUN,), message, data), f"run:{run_id}:say", run_id=run_id)
