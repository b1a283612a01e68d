"""`/health`: everything at once, one card, each result kept."""

import uuid

from bot.effects import FIRST
from bot.health.checks import VENDORS
from bot.office import Office
from bot.ports import Tx
from bot.text import say
from handlers.slack.door import Door
from handlers.slack.order import Order, Reply
from handlers.slack.words import unknown

FORMS = (
    ("", "check everything: services, database, vendors"),
    ("api", "check one group: `api`, `web`, `database`, `vendors` or `all`"),
)


async def health(door: Door, order: Order) -> Reply:
    """Carry out `/health …`."""
    word = order.text.strip().lower() or "all"
    known = [*(group.id for group in door.runbook.health), VENDORS, "all"]
    if word not in known:
        raise unknown("/health", word, known)
    groups = known[:-1] if word == "all" else [word]
    planned = await door.desk.once(order.identity, plan_look, groups, order.channel, order.actor.user)
    return Reply(say("🩺 Checking {what} now…", what=say("everything") if word == "all" else word) if planned else "")


def plan_look(office: Office, tx: Tx, groups: list[str], channel: str, user: str) -> bool:
    """Plan a look at health whose card goes to `channel`."""
    payload = {"groups": groups, "channel": channel, "user": user}
    tx.effects.plan("health", f"health:{uuid.uuid4().hex}", payload, priority=FIRST)
    return True
