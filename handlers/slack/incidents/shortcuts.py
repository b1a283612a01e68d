"""The shortcuts of incidents."""

from dataclasses import replace
from typing import Any

from bot.incidents.conduct import incident_here
from bot.people import Actor
from handlers.slack.area import Shortcut
from handlers.slack.blocks import ids
from handlers.slack.incidents.forms import declare_form, note_form
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply
from handlers.slack.interaction.transactions import join
from handlers.slack.parsing.text import as_typed


async def _declare(context: Context, actor: Actor, body: dict[str, Any]) -> Reply:
    """Open the form that declares an incident."""
    return Reply(modal=declare_form(context.runbook))


async def _note_message(context: Context, actor: Actor, body: dict[str, Any]) -> Reply:
    """Keep a message as a note of the incident in whose channel it stands."""
    there = replace(actor, place=body["channel"]["id"])
    found = await context.transactions.look(incident_here, there)
    await join(context, there)
    return Reply(modal=note_form(found.id, as_typed(body["message"].get("text", ""))))


DECLARE = Shortcut(ids.INCIDENT_DECLARE, "global", "Declare incident", "Open the form to declare an incident", _declare)
NOTE_MESSAGE = Shortcut(
    ids.NOTE_FROM_MESSAGE, "message", "Note in timeline", "Save this message in the incident's timeline", _note_message
)
