"""The topic of an incident's channel: its state and who leads, in one line: what else changes writes no line."""

from bot.incidents.model import Incident
from bot.incidents.roles import leader_of
from bot.runbook.model import Runbook
from bot.runbook.sections.incidents import leading_role
from bot.text import say, shorten
from handlers.slack.blocks.elements import escape, user
from handlers.slack.cards.heading import status_sign

TOPIC_LIMIT = 250
"""Slack's limit of a topic, in characters."""


def topic_of(incident: Incident, runbook: Runbook) -> str:
    """`🔴 P1 · Open · Checkout is down · commander: @ana`."""
    drill = say("DRILL") + " · " if incident.drill else ""
    lead, leads = leading_role(runbook.incident_roles).id, leader_of(runbook, incident)
    roles = [f"{lead}: {user(leads)}"] if leads else []
    status = {"open": say("Open"), "resolved": say("Resolved"), "closed": say("Closed")}[str(incident.status)]
    start = f"{status_sign(incident, runbook)} {drill}{incident.severity.upper()} · {status}"
    room = TOPIC_LIMIT - len(start) - 3
    parts = [start, shorten(escape(incident.title), room // 2 if roles else room), *roles]
    return shorten(" · ".join(parts), TOPIC_LIMIT)
