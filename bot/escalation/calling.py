"""Calling the levels of an incident, one after another, until somebody is on it."""

from dataclasses import dataclass
from datetime import timedelta

from bot.alerts.calling import call_off, call_people
from bot.alerts.model import LEVEL, Alert, AlertState, Call, Way
from bot.alerts.outcome import person_name
from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects.outgoing import RUN, Outgoing
from bot.escalation.model import Level, LevelState
from bot.escalation.snapshot import may_be_called, snapshot
from bot.incidents.model import Incident, IncidentStatus
from bot.people import ROBOT, Actor
from bot.ports import Tx
from bot.runbook.model import Severity
from bot.runs.model import Run
from bot.text import listing, say, side_by_side, span

DUE, REMIND = "escalation", "escalation.reminder"
"""Kinds of timers; their key is the level that is next."""
NOBODY_LEFT = "0"
"""The key when nobody is next."""


@dataclass(frozen=True)
class Escalation:
    """An incident, its levels of the clock's last start in their order, and its severity."""

    incident: Incident
    run: Run
    severity: Severity
    levels: tuple[Level, ...]

    @property
    def runs(self) -> bool:
        """Whether the clock runs: the incident is open and nobody is on it."""
        return self.incident.status is IncidentStatus.OPEN and self.incident.acknowledged_at is None

    @property
    def round(self) -> int:
        """How often the clock was started."""
        return max((each.round for each in self.levels), default=0)

    @property
    def next(self) -> Level | None:
        """The first level that was not called, asked for or left out."""
        return next((each for each in self.levels if each.state is LevelState.WAITING), None)

    def level(self, number: int) -> Level | None:
        """The level with this number."""
        return next((each for each in self.levels if each.level == number), None)


def escalation_of(domain: Domain, tx: Tx, run_id: int) -> Escalation | None:
    """How far the escalation of a run is; None when it is no incident's."""
    run, found = tx.runs.get(run_id), tx.incidents.find(run_id=run_id)
    if run is None or not found:
        return None
    levels = tx.rows(Level).find(run_id=run_id, order="level")
    last = max((each.round for each in levels), default=0)
    severity = domain.runbook_of(tx, run).severity(found[0].severity)
    return Escalation(found[0], run, severity, tuple(each for each in levels if each.round == last))


def start(domain: Domain, tx: Tx, run_id: int) -> None:
    """Start the clock (again): the first level is called now, the next one when its time has come."""
    take_snapshot(domain, tx, run_id)
    call_next(domain, tx, run_id, "")


def take_snapshot(domain: Domain, tx: Tx, run_id: int) -> None:
    """Keep the levels as the runbook and the team file have them now, none of them called."""
    now = escalation_of(domain, tx, run_id)
    assert now, "only an incident is escalated"
    stop(domain, tx, run_id)
    for level in snapshot(domain, tx, now.incident, now.run, now.round + 1):
        tx.rows(Level).add(level)


def stop(domain: Domain, tx: Tx, run_id: int) -> None:
    """Nobody else is called."""
    tx.timers.cancel(run_id, DUE, REMIND)
    now = escalation_of(domain, tx, run_id)
    for level in now.levels if now else ():
        call_off(tx, run_id, f"{LEVEL}{level.level}")
        if level.due_at:
            tx.rows(Level).save(level, due_at=None)


def set_clock(domain: Domain, tx: Tx, run_id: int) -> None:
    """From now on, the level that is next has to wait as long as the severity says."""
    tx.timers.cancel(run_id, DUE, REMIND)
    now = escalation_of(domain, tx, run_id)
    if now is None or not now.runs:
        return
    level, due = now.next, tx.now + now.severity.patience
    if level is None:
        tx.timers.set(DUE, NOBODY_LEFT, due, run_id, round=now.round)
        return
    tx.rows(Level).save(level, due_at=due)
    tx.timers.set(DUE, str(level.level), due, run_id, round=level.round)
    if timedelta(0) < now.severity.warning < now.severity.patience:
        tx.timers.set(REMIND, str(level.level), due - now.severity.warning, run_id, round=level.round)


def call_next(domain: Domain, tx: Tx, run_id: int, why: str) -> None:
    """The clock calls the first level that it may call, and waits for who comes after it."""
    now = escalation_of(domain, tx, run_id)
    while now and now.runs and (level := now.next):
        if level.confirm:
            _ask(tx, now, level, why)
        elif people := [each for each in level.people if may_be_called(domain, tx, each, now.incident, now.severity)]:
            call_level(domain, tx, now, level, people[: level.at_once], ROBOT, why)
        else:
            _leave_out(tx, now, level)
            now = escalation_of(domain, tx, run_id)
            continue
        break
    set_clock(domain, tx, run_id)


def _leave_out(tx: Tx, now: Escalation, level: Level) -> None:
    nobody = say("nobody in the team file holds its roles")
    why = say("nobody of it may know of this incident") if level.people else nobody
    tx.rows(Level).save(level, state=LevelState.LEFT_OUT, why=why, due_at=None)
    tx.timeline.record("escalation.left_out", ROBOT, now.run.id, level=level.level, title=level.title, why=why)
    tx.cards.touch(now.run.id)


def _ask(tx: Tx, now: Escalation, level: Level, why: str) -> None:
    """A level that only a person calls: its turn has come, so they are asked."""
    tx.rows(Level).save(level, state=LevelState.ASKED, why=why, due_at=None)
    said = {"level": level.level, "title": level.title, "why": why}
    tx.timeline.record("escalation.asked", ROBOT, now.run.id, **said)
    _say(tx, now, "escalation.asked", said)


def call_level(domain: Domain, tx: Tx, now: Escalation, level: Level, people: list[str], by: Actor, why: str) -> Level:
    """Call people of a level. In a drill it is only said who would be called."""
    names = [person_name(domain, tx, each) for each in people]
    called = tx.rows(Level).save(
        level, state=LevelState.CALLED, called_at=tx.now, called_by=by.user, why=why, due_at=None
    )
    said = {"level": level.level, "title": level.title, "people": names, "why": why, "drill": now.run.drill}
    tx.timeline.record("escalation.called", by, now.run.id, **said)
    if now.run.drill:
        _say(tx, now, "escalation.drill", said)
        return called
    tried = _rows(tx, now.run.id, level)
    turn = max((each.turn for each in tried), default=-1) + 1
    words = _words(now, level, why)
    call = Call(f"{LEVEL}{level.level}", level.round, turn, words, level.channel)
    call_people(domain, tx, now.run, people, call, pages=level.pages)
    return called


def _words(now: Escalation, level: Level, why: str) -> str:
    """What those are told who are called."""
    asked = say("you are needed for incident {id}, {severity}: {title}.", id=now.incident.id,
                severity=now.incident.severity.upper(), title=now.run.title)  # fmt: skip
    whom = say("You are called as level {level} ({name}).", level=level.level, name=level.title)
    return side_by_side(asked, whom, f"{why[:1].upper()}{why[1:]}." if why else "")


def _rows(tx: Tx, run_id: int, level: Level) -> list[Alert]:
    rows = tx.alerts.find(run_id=run_id, item=f"{LEVEL}{level.level}", step_attempt=level.round)
    return [row for row in rows if row.way is not Way.INVITATION]


def settled(domain: Domain, tx: Tx, run_id: int, number: int, round_: int, rows: tuple[Alert, ...]) -> None:
    """It is known what became of calling a level: when nobody of it was reached, the next ones are called at once."""
    now = escalation_of(domain, tx, run_id)
    level = now.level(number) if now else None
    if now is None or level is None or level.round != round_ or not now.runs:
        return
    if level.state is not LevelState.CALLED or was_reached(rows, level):
        return
    tried = {row.person for row in rows}
    left = [each for each in level.people if each not in tried
            and may_be_called(domain, tx, each, now.incident, now.severity)]  # fmt: skip
    if left:
        why = say("not reached: {people}", people=_names(domain, tx, tried))
        call_level(domain, tx, now, level, left[:1], ROBOT, why)
        return
    why = say("nobody of level {level} ({name}) was reached", level=level.level, name=level.title)
    tx.rows(Level).save(level, state=LevelState.UNREACHED, why=why)
    said = {"level": level.level, "title": level.title, "people": _names(domain, tx, tried)}
    tx.timeline.record("escalation.unreached", ROBOT, run_id, **said)
    if now.next and all(each.level <= number for each in now.levels if each.state is not LevelState.WAITING):
        call_next(domain, tx, run_id, why)


def was_reached(rows: tuple[Alert, ...], level: Level) -> bool:
    """Whether somebody of a level has certainly heard: of who has a pager and is paged, the pager counts."""
    return any(_heard([row for row in rows if row.person == person]) for person in {row.person for row in rows})


def _heard(rows: list[Alert]) -> bool:
    pages = [row for row in rows if row.way is Way.PAGE]
    return any(row.state in (AlertState.REACHED, AlertState.UNSURE) for row in pages or rows)


def _names(domain: Domain, tx: Tx, people: set[str]) -> str:
    return listing(sorted(person_name(domain, tx, each) for each in people))


def remind(tx: Tx, now: Escalation, level: Level, late: timedelta) -> None:
    """Say that nobody is on it, and who is called next and when."""
    due = level.due_at or tx.now
    said = {"level": level.level, "title": level.title, "due_at": due.isoformat(), "confirm": level.confirm,
            "since": now.incident.declared_at.isoformat(), "late": late.total_seconds()}  # fmt: skip
    tx.timeline.record("escalation.reminded", ROBOT, now.run.id, **said)
    _say(tx, now, "escalation.reminded", said)


def tell_all_called(tx: Tx, now: Escalation, why: str) -> None:
    """Say, once, that everybody was called whom the clock calls, and nobody is on it."""
    tx.timeline.record("escalation.exhausted", ROBOT, now.run.id, level=0, why=why)
    _say(tx, now, "escalation.exhausted", {"why": why})


def _say(tx: Tx, now: Escalation, message: str, data: dict[str, object]) -> None:
    outgoing = Outgoing((RUN,), message, data)
    plan_message(tx, outgoing, f"run:{now.run.id}:say", run_id=now.run.id)
    tx.cards.touch(now.run.id)


def late_words(late: timedelta) -> str:
    """What is said of a time that NeonOps was not there for; empty when it was."""
    return say("NeonOps was away: this is {time} late", time=span(late)) if late >= timedelta(minutes=1) else ""
