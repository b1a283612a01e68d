"""What timelines bring to Slack: a message's menu saves it, as a :pushpin: does."""

from dataclasses import replace
from typing import Any

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents.conduct import incident_here
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from bot.timelines.saved import ask_to_save
from handlers.slack.area import Area, Shortcut
from handlers.slack.blocks import ids
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply
from handlers.slack.interaction.transactions import join


def _asked(domain: Domain, tx: Tx, actor: Actor, ts: str) -> None:
    """Save it; a Refusal when that cannot be, or was done."""
    incident = incident_here(domain, tx, actor)
    if ask_to_save(domain, tx, actor, ts) is None:
        raise Refusal(say("This message is in the timeline of incident {id} already.", id=incident.id))


async def _save(context: Context, actor: Actor, body: dict[str, Any]) -> Reply:
    """Save a message in the timeline of the incident in whose channel it stands."""
    there = replace(actor, place=body["channel"]["id"])
    await context.transactions.do(_asked, there, body["message"]["ts"])
    await join(context, there)
    return Reply(say("📌 This message is being saved in the timeline. A 📌 reaction (`:pushpin:`) does the same."))


SAVE_MESSAGE = Shortcut(
    ids.MESSAGE_SAVE, "message", "Save in timeline", "Keep this message in the timeline, as a :pushpin: does", _save
)
AREA = Area(shortcuts=(SAVE_MESSAGE,))
