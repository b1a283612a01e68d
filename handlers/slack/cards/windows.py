"""The phases of a checklist: their titles, and when their windows end."""

from datetime import datetime, timedelta

from bot.incidents.model import IncidentStatus
from bot.runbook.model import Phase
from bot.runs.checklist.layout import Section
from bot.text import say
from handlers.slack.blocks.elements import escape, when
from handlers.slack.cards.view import CardView


def phase_text(view: CardView, part: Section) -> str:
    """A phase's line: title, window, and when that is over."""
    of = " " + say("({part} of {parts})", part=part.part + 1, parts=part.parts) if part.parts > 1 else ""
    return f"*{escape(part.phase.title)}*{of}{_window(view, part.phase)}"


def _window(view: CardView, phase: Phase) -> str:
    if phase.window is None:
        return ""
    until = phase.window.until
    unit, minutes = ("h", 60) if (until or timedelta()) >= LONG_WINDOW else ("min", 1)
    begins = _minutes(phase.window.starts) // minutes
    if until is None:
        return f"  ·  {begins}+ {unit}"
    words = f"  ·  {begins}-{_minutes(until) // minutes} {unit}"
    due = due_at(view, phase)
    if due is None or view.run.state.ended or not _open(view, phase):
        return words
    late = due <= view.now
    return words + (
        "  ·  " + say("*overdue since {time}*", time=when(due)) if late else "  ·  " + say("due {time}", time=when(due))
    )


LONG_WINDOW = timedelta(hours=12)
"""A window that ends so late is told in hours."""


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)


def due_at(view: CardView, phase: Phase) -> datetime | None:
    """When the phase's window ends; None once its incident is resolved."""
    if phase.window is None or phase.window.until is None or view.run.started_at is None:
        return None
    if view.incident and view.incident.status is not IncidentStatus.OPEN:
        return None
    return view.run.started_at + phase.window.until


def _open(view: CardView, phase: Phase) -> bool:
    return any(not record.state.settled for record in view.records.values() if record.phase_id == phase.id)
