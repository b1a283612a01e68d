"""The app's Home: what is open, for the person who looks, and the first buttons."""

from bot.deploys.history import queries as deploys
from bot.deploys.history.queries import Progress
from bot.domain import Domain
from bot.incidents import look
from bot.incidents.look import Situation
from bot.people import Actor
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks.elements import Block, actions, button, context, divider, header, section
from handlers.slack.deploys.lists import runs_now
from handlers.slack.incidents.lists import incident_list
from handlers.slack.interaction.context import Context
from handlers.slack.table import COMMANDS, QUICK_ACTIONS


async def home(context: Context, actor: Actor) -> Block:
    """The Home view of a person: confidential incidents only for their members."""
    situations, running = await context.transactions.look(_read, actor)
    return home_view(context.runbook.name, situations, running)


def _read(domain: Domain, tx: Tx, actor: Actor) -> tuple[list[Situation], list[Progress]]:
    return look.situations(domain, tx, actor), deploys.running(domain, tx)


ROWS = 50
"""Lines of each list on the Home: Slack takes views of at most 250 kB."""


def home_view(name: str, situations: list[Situation], running: list[Progress]) -> Block:
    """What the Home shows."""
    quick = [button(say(each.label), each.action, "home", style=each.style) for each in QUICK_ACTIONS]
    incidents, runs = incident_list(situations[:ROWS]), runs_now(running[:ROWS])
    left_out = len(situations[ROWS:]) + len(running[ROWS:])
    more = say("{count} more not shown: see `/incident list` and `/deploy status`.", count=left_out)
    blocks = [
        header(say("Runbook: {name}", name=name)),
        actions(*quick),
        divider(),
        *(incidents[1] or (section(incidents[0]),)),
        divider(),
        *(runs[1] or (section(runs[0]),)),
        *([context(more)] if left_out else []),
        context("  ·  ".join(f"`{name} help`" for name in COMMANDS)),
    ]
    return {"type": "home", "blocks": blocks[:100]}
