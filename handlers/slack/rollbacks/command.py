"""`/rollback`."""

from bot.deploys.request import Asked
from bot.deploys.rollbacks.incident_item import rollback_here
from bot.text import say
from handlers.slack.area import Command
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.interaction.targets import check_one, check_target
from handlers.slack.restores.forms import ask_restore
from handlers.slack.rollbacks.arguments import DATABASE, check_deployment, read_emergency, read_rollback
from handlers.slack.rollbacks.emergency import ask_emergency
from handlers.slack.rollbacks.typed import plan_typed

_FORMS = (
    ("", "roll everything back: shows the target, then asks"),
    ("api [deployment]", "roll back one service (`api`, `web`) or `all`, optionally to a deployment's id or URL"),
    (
        "all --emergency [reason]",
        "emergency rollback to the recommended deployment: asks once, needs no approval, announced to everybody",
    ),
    ("database", "restore the database from a verified backup or a point in time; needs two people"),
)


async def rollback(context: Context, request: Request) -> Reply:
    """Carry out `/rollback …`."""
    emergency, text = read_emergency(context.plain(request.text))
    if emergency:
        return ask_emergency(context, request, text)
    target, deployment = read_rollback(text)
    if target == DATABASE:
        return await ask_restore(context, request)
    check_target(context, "/rollback", target, [DATABASE])
    check_one(context, "/rollback", target, deployment)
    check_deployment(deployment)
    asked = Asked(target, request.channel, deployment=deployment)
    if deployment:
        typed = await context.transactions.once(request.identity, plan_typed, request.actor, asked)
        words = say(
            "⏪ Checking with Vercel whether `{id}` can be rolled back to. Its card asks before anything happens.",
            id=typed,
        )
        return Reply(words if typed else "")
    run = await context.transactions.once(request.identity, rollback_here, request.actor, asked)
    if run is None:
        return Reply()
    return Reply(
        say(
            "⏪ *{title}* (run {id}): looking up the deployments to roll back to. Its card asks before anything "
            "happens.",
            title=run.title,
            id=run.id,
        )
    )


COMMAND = Command("/rollback", "Roll production back", "[api|web|all] [deployment]", rollback, _FORMS)
