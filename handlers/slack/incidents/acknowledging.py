"""Acknowledging an incident in Slack: what pressing *I'm on it* does."""

from bot.domain import Domain
from bot.incidents.acknowledge import Acknowledged, acknowledge, acknowledged_words
from bot.people import Actor
from bot.ports import Tx
from handlers.slack.blocks.references import IncidentRef
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply
from handlers.slack.interaction.transactions import decide


async def clicked(context: Context, click: Click) -> Reply:
    """Who pressed it is on it, or learns who is."""
    done = await decide(context, click, IncidentRef, _acknowledge)
    return Reply(acknowledged_words(done) if done else "")


def _acknowledge(domain: Domain, tx: Tx, actor: Actor, ref: IncidentRef) -> Acknowledged:
    return acknowledge(domain, tx, actor, ref.number)
