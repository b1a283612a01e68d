"""Incidents, as a kind of run."""

from bot.runs.kind import Kind
from bot.runs.model import Run
from bot.text import say


def not_cancelled() -> str:
    """It has its own end."""
    return say("Close an incident with /incident close.")


def closed(run: Run) -> str:
    """Its checklist can be changed until it is closed."""
    if run.state.ended:
        return say("This incident is closed. Reopen it with /incident reopen to change its checklist.")
    return ""


INCIDENT = Kind("incident", led=True, not_cancelled=not_cancelled, closed=closed)
