"""Incidents in lists: those that are open, one in full, its timeline."""

from bot.escalation.look import LevelView
from bot.incidents.look import Situation
from bot.incidents.model import Incident, IncidentStatus
from bot.runs.checklist.counting import open_items
from bot.text import plural, say, shorten, span
from bot.timeline import Event
from bot.timeline.wording import event_words
from handlers.slack.blocks.elements import DATE, context, escape, sentence, user, when
from handlers.slack.blocks.lists import Answer, answer
from handlers.slack.cards.heading import status_sign
from handlers.slack.incidents.escalation import escalation_lines
from handlers.slack.incidents.messages import where_of
from handlers.slack.incidents.roles import role_lines

ITEMS_SHOWN = 20
"""Open items of an incident that are named; the others are counted."""


def incident_list(found: list[Situation]) -> Answer:
    """Open incidents, newest first."""
    if not found:
        return say("No open incidents. Declare one with `/incident p1 what is wrong`."), ()
    lines = [_incident_line(each) for each in found]
    return answer(plural("{count} open or resolved incident", "{count} open or resolved incidents", len(found)), lines)


def _incident_line(each: Situation) -> str:
    incident = each.incident
    status = {"open": say("open"), "resolved": say("resolved"), "closed": say("closed")}[str(incident.status)]
    drill = say("DRILL") + " · " if incident.drill else ""
    return say(
        "{emoji} *#{id} · {severity}* {drill}*{title}* · {status} since {time} · {count} · {where}",
        emoji=status_sign(incident, each.runbook),
        id=incident.id,
        drill=drill,
        severity=incident.severity.upper(),
        title=escape(incident.title),
        status=status,
        time=when(incident.resolved_at or incident.declared_at, DATE),
        count=each.count().short,
        where=where_of(incident),
    )


def incident_status(each: Situation, legal: str, levels: tuple[LevelView, ...]) -> Answer:
    """One incident: state, escalation, roles, its next legal deadline, what is open."""
    law = [f"⚖️ {sentence(legal)}"] if legal else []
    known = [*_acknowledged(each.incident), *escalation_lines(levels), *role_lines(each), *law]
    start = [_incident_line(each), *known]
    return answer(say("Incident {id}", id=each.incident.id), [*start, *_open_lines(each, "main"), *_afterwards(each)])


def _acknowledged(incident: Incident) -> list[str]:
    """Who is on it and how long that took; while it is open also that nobody is."""
    if incident.acknowledged_at is None:
        return [say("Nobody has acknowledged it: `/incident ack`.")] if incident.status is IncidentStatus.OPEN else []
    took = span(incident.acknowledged_at - incident.declared_at)
    return [say("🙋 {who} is on it since {time} ({took} after it was declared)", who=user(incident.acknowledged_by),
                time=when(incident.acknowledged_at), took=took)]  # fmt: skip


def _open_lines(each: Situation, stage: str) -> list[str]:
    left = [step.text for step, _ in open_items(each.run, each.procedure, each.records, stage)]
    lines = [f"⬜ {escape(text)}" for text in left[:ITEMS_SHOWN]]
    more = len(left) - len(lines)
    return [*lines, plural("…and {count} more item", "…and {count} more items", more)] if more else lines


def _afterwards(each: Situation) -> list[str]:
    """What is to be done when it is over, once it is."""
    count = each.count("after")
    if not each.run.state.ended or not count.items:
        return []
    return [say("Follow-up: {count}", count=count.short), *_open_lines(each, "after")]


def timeline_blocks(incident: Incident, events: list[Event], page: str = "") -> Answer:
    """The latest events of an incident, oldest first; the page has them all, for people who are in it."""
    lines = [event_line(event) for event in events]
    text, blocks = answer(say("Timeline of incident {id}: latest {count}", id=incident.id, count=len(events)), lines)
    hint = say("Full timeline: `neonops timeline export --incident {id}`", id=incident.id)
    whole = say("<{page}|Complete timeline> and its files: for you alone, for an hour.", page=page)
    return text, (*blocks[:40], context(whole if page else hint))


def event_line(event: Event) -> str:
    """An event with its time and actor."""
    return f"{when(event.at, '{time_secs}')}  {user(event.actor)} {sentence(shorten(event_words(event), 500))}"
