"""The button that acknowledges an incident, wherever people are told of one."""

from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, button
from handlers.slack.blocks.references import IncidentRef


def acknowledge_button(number: int) -> Block:
    """*I'm on it*: whoever presses it first stops the escalation."""
    return button(say("I'm on it"), ids.INCIDENT_ACK, IncidentRef(number), style="primary")
