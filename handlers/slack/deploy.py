"""`/deploy` and `/rollback`."""

from bot.deploys import look
from bot.deploys.request import Asked, request_deploy, request_rollback
from bot.errors import Refusal
from bot.text import say
from handlers.blocks.forms import deploy_form
from handlers.blocks.lists import run_history, runs_now
from handlers.slack.door import Door
from handlers.slack.order import Order, Reply
from handlers.slack.words import unknown

DEPLOY_FORMS = (
    ("", "ask what to deploy in a form"),
    ("api [ref]", "deploy one service (`api`, `web`) or `all`, from `main` or another branch, tag or commit"),
    ("status", "what runs or waits now"),
    ("history", "the last deploys and rollbacks"),
)
ROLLBACK_FORMS = (
    ("", "roll everything back: shows where to, then asks"),
    ("api [deployment]", "roll back one service (`api`, `web`) or `all`; a deployment's id or address if you know it"),
)


async def deploy(door: Door, order: Order) -> Reply:
    """Carry out `/deploy …`."""
    words = order.text.split()
    if not words:
        return Reply(modal=deploy_form(door.runbook, order.channel))
    if words[0] == "status":
        return Reply(*runs_now(await door.desk.look(look.running)))
    if words[0] == "history":
        return Reply(*run_history(await door.desk.look(look.history)))
    _check_target(door, "/deploy", words[0], ["status", "history"])
    if len(words) > 2:
        raise Refusal(say("Too many words: /deploy {target} and one branch, tag or commit.", target=words[0].lower()))
    ref = words[1] if len(words) == 2 else "main"
    return await ask_deploy(door, order, Asked(words[0].lower(), order.channel, ref=ref))


async def ask_deploy(door: Door, order: Order, asked: Asked) -> Reply:
    """Ask for a deploy, and say what comes next."""
    run = await door.desk.once(order.identity, request_deploy, order.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "🚀 *{title}* (run {id}) waits for its checklist and for somebody's approval; see its card.",
            title=run.title,
            id=run.id,
        )
    )


async def rollback(door: Door, order: Order) -> Reply:
    """Carry out `/rollback …`."""
    words = order.text.split()
    target = words[0].lower() if words else "all"
    _check_target(door, "/rollback", target, [])
    if len(words) > 2:
        raise Refusal(say("Too many words: /rollback {target} and one deployment.", target=target))
    asked = Asked(target, order.channel, deployment=words[1] if len(words) == 2 else None)
    run = await door.desk.once(order.identity, request_rollback, order.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "⏪ *{title}* (run {id}): looking up where it can go back to; the card asks before anything happens.",
            title=run.title,
            id=run.id,
        )
    )


def _check_target(door: Door, command: str, word: str, more: list[str]) -> None:
    known = [*(service.id for service in door.runbook.services), "all"]
    if word.lower() not in known:
        raise unknown(command, word, [*known, *more])
