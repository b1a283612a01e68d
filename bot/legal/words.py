"""What is said of the legal clocks of an incident: each with its source, and that a lawyer decides."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import Domain
from bot.incidents.model import Incident
from bot.legal.calendar import calendar_words
from bot.legal.clocks import clocks_of, knowledge_of
from bot.legal.model import ClockState, Knowledge, LegalClock
from bot.people import mention
from bot.ports import Tx
from bot.runbook.sections.legal import Legal
from bot.text import moment, plural, say, side_by_side, span


@dataclass(frozen=True)
class LegalView:
    """The legal side of an incident, at a moment."""

    incident: Incident
    legal: Legal | None
    knowledge: Knowledge | None
    clocks: tuple[LegalClock, ...]
    zone: ZoneInfo
    now: datetime

    @property
    def asked(self) -> bool:
        """Whether the time of knowledge is wanted and was not said."""
        return self.legal is not None and self.knowledge is None and self.incident.severity in self.legal.asked

    @property
    def running(self) -> list[LegalClock]:
        """Those that run, the next one first."""
        found = [each for each in self.clocks if each.state is ClockState.RUNNING]
        return sorted(found, key=lambda each: each.due_at or self.now)


def legal_view(domain: Domain, tx: Tx, incident: Incident) -> LegalView:
    """Read it."""
    clocks = tuple(clocks_of(tx, incident.id))
    return LegalView(incident, domain.runbook.legal, knowledge_of(tx, incident.id), clocks, domain.zone, tx.now)


def knowledge_words(view: LegalView) -> str:
    """Since when it was known, and who said so."""
    if view.knowledge is None:
        return say(
            "The time of knowledge is not set: no legal clock runs. `/incident knowledge 2026-11-28 14:30` sets it."
        )
    return say("Known since {time} (set by {who}).", time=moment(view.knowledge.known_at, view.zone),
               who=mention(view.knowledge.said_by))  # fmt: skip


def clock_words(view: LegalView, clock: LegalClock) -> str:
    """How a clock stands, with its source."""
    return side_by_side(_state_words(view, clock), say("Source: {source}.", source=clock.source))


def _state_words(view: LegalView, clock: LegalClock) -> str:
    said = {"who": mention(clock.settled_by), "words": clock.words}
    at = moment(clock.settled_at, view.zone) if clock.settled_at else ""
    match clock.state:
        case ClockState.MET:
            return say("Met {at} by {who}: {words}.", at=at, **said)
        case ClockState.NOT_APPLICABLE:
            return say("Does not apply, said {who} {at}: {words}.", at=at, **said)
        case ClockState.WAITING:
            return say("Runs once what it waits for is met.")
    assert clock.due_at
    due, left = moment(clock.due_at, view.zone), clock.due_at - view.now
    if left.total_seconds() < 0:
        return say("*Overdue* by {time}: it was due {due}.", time=span(-left), due=due)
    return say("Due {due}, in {time}.", due=due, time=span(left))


def lawyer_words(view: LegalView) -> str:
    """Who decides, and by which calendar days are counted."""
    decides = say("A lawyer decides what applies. NeonOps counts and reminds; it files nothing.")
    return side_by_side(decides, calendar_words(view.legal.calendar) if view.legal else "")


def short_words(view: LegalView) -> str:
    """One line for cards and lists; empty when there is nothing to say."""
    if view.asked:
        return say(
            "When was it known that personal data are affected? `/incident knowledge` starts the legal clocks "
            "({source}). A lawyer decides.",
            source=view.legal.source if view.legal else "",
        )
    if not view.running:
        return ""
    first, more = view.running[0], len(view.running) - 1
    others = plural("{count} more clock runs.", "{count} more clocks run.", more) if more else ""
    named = say("Legal deadline: {clock}. {state}", clock=first.text, state=_state_words(view, first))
    law = say("Source: {source}. A lawyer decides.", source=first.source)
    return side_by_side(named, law, others)
