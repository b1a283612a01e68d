"""Acknowledging an incident in Slack: the button that every card may show, and its command."""

from bot.domain import Domain
from bot.incidents.acknowledge import Acknowledged, acknowledge, acknowledged_words
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks import ids
from handlers.slack.blocks.elements import Block, button
from handlers.slack.blocks.references import IncidentRef
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import decide


def acknowledge_button(number: int) -> Block:
    """*I'm on it*: whoever presses it first stops the escalation."""
    return button(say("I'm on it"), ids.INCIDENT_ACK, IncidentRef(number), style="primary")


async def clicked(context: Context, click: Click) -> Reply:
    """Who pressed it is on it, or learns who is."""
    done = await decide(context, click, IncidentRef, _acknowledge)
    return Reply(acknowledged_words(done) if done else "")


def _acknowledge(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> Acknowledged:
    return acknowledge(domain, tx, actor, ref.number)
