"""`/health`: everything at once, one card, each result kept."""

import uuid

from bot.domain import Domain
from bot.effects import LEFT, SOON, Effect
from bot.errors import Refusal
from bot.health.checks import VENDORS
from bot.ports import Tx
from bot.runbook.model import Runbook
from bot.runbook.sections.services import HealthGroup, Vendor
from bot.text import say
from handlers.slack.area import Area, Command
from handlers.slack.blocks import ids
from handlers.slack.blocks.references import HealthRef, read_as
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Click, Reply, Request
from handlers.slack.parsing.text import bare, tokens, unknown

_FORMS = (
    ("", "check everything: services, database, vendors"),
    ("api", "check one group: `api`, `web`, `database`, `vendors` or `all`"),
)
ALL = "all"


async def health(context: Context, request: Request) -> Reply:
    """Carry out `/health …`."""
    word = bare(" ".join(tokens(request.text))) or ALL
    known = [*(group.id for group in context.runbook.health), VENDORS, ALL]
    if word not in known:
        raise unknown("/health", word, known)
    await _plan(context, request, [word])
    return Reply(say("🩺 Checking {what} now…", what=say("everything") if word == ALL else word))


async def again(context: Context, click: Click) -> Reply:
    """The button of a health card: ask the same once more."""
    await _plan(context, click.request, list(read_as(HealthRef, click.value).groups))
    return Reply()


async def _plan(context: Context, request: Request, names: list[str]) -> None:
    groups, vendors = wanted(context.runbook, names)
    if not groups and not vendors:
        raise Refusal(_nothing(names))
    await context.transactions.once(request.identity, plan_look, names, request.channel, request.actor.user)


def wanted(runbook: Runbook, names: list[str]) -> tuple[list[HealthGroup], tuple[Vendor, ...]]:
    """The groups and vendors that these names mean in a runbook."""
    groups = [group for group in runbook.health if group.id in names or ALL in names]
    return groups, runbook.vendors if VENDORS in names or ALL in names else ()


def _nothing(names: list[str]) -> str:
    if ALL in names:
        return say("The runbook has no health checks and no vendors. They go in its sections health and vendors.")
    if names == [VENDORS]:
        return say("The runbook has no vendors. They go in its section vendors.")
    return say("The runbook no longer has these health checks. /health runs the ones it has now.")


def plan_look(domain: Domain, tx: Tx, groups: list[str], channel: str, user: str) -> bool:
    """Plan a look at health whose card goes to `channel`; who asks while one is under way there joins it."""
    for waiting in tx.effects.find(kind="health", state=LEFT):
        if (waiting.payload["groups"], waiting.payload["channel"]) == (groups, channel):
            users = dict.fromkeys((*askers(waiting), user))
            tx.effects.save(waiting, payload={**waiting.payload, "users": list(users)})
            return True
    payload = {"groups": groups, "channel": channel, "users": [user]}
    tx.effects.plan("health", f"health:{uuid.uuid4().hex}", payload, priority=SOON)
    return True


def askers(effect: Effect) -> tuple[str, ...]:
    """Who asked for a look, in order."""
    return tuple(effect.payload.get("users") or [effect.payload["user"]])


COMMAND = Command("/health", "Check everything now", "[api|web|database|vendors|all]", health, _FORMS)
AREA = Area(commands=(COMMAND,), actions={ids.HEALTH_AGAIN: again})
