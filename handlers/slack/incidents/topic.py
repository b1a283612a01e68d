"""The topic of an incident's channel: its state in one line."""

from bot.incidents.model import Incident
from bot.runbook.model import Runbook
from bot.text import say, shorten
from handlers.slack.blocks.elements import escape, user

TOPIC_LIMIT = 250
"""Slack's limit of a topic, in characters."""


def topic_of(incident: Incident, runbook: Runbook) -> str:
    """`🔴 P1 · Open · Checkout is down · commander: @ana`."""
    severity = runbook.severity(incident.severity)
    drill = say("DRILL") + " · " if incident.drill else ""
    roles = [f"{role}: {user(holder)}" for role, holder in incident.roles.items()]
    status = {"open": say("Open"), "resolved": say("Resolved"), "closed": say("Closed")}[str(incident.status)]
    sign = {"open": severity.emoji, "resolved": "✅", "closed": "🏁"}[str(incident.status)]
    start = f"{sign} {drill}{incident.severity.upper()} · {status}"
    room = TOPIC_LIMIT - len(start) - 3
    parts = [start, shorten(escape(incident.title), room // 2 if roles else room), *roles]
    return shorten(" · ".join(parts), TOPIC_LIMIT)
