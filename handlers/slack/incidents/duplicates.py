"""`/incident merge` and `/incident rename`, and what is said of them."""

import re

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents import look
from bot.incidents.duplicates import merge
from bot.incidents.model import Incident
from bot.incidents.rename import rename
from bot.ports import Tx
from bot.text import listing, plural, say, side_by_side
from handlers.slack.blocks.elements import escape, user
from handlers.slack.incidents.messages import where_of
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.messaging.template import Scene, Template

_MERGE = re.compile(r"(?:#?(\d{1,9})\s+)?(?:into|in|em|na|com)\s+#?(\d{1,9})", re.IGNORECASE)
MESSAGES_SHOWN = 10


async def merge_typed(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Close one incident as the duplicate of another."""
    typed = _MERGE.fullmatch(rest.strip())
    if typed is None or (number is not None and typed[1]):
        raise Refusal(say("Write which incident is the duplicate of which: /incident merge 7 into 5."))
    wanted = int(typed[1]) if typed[1] else number
    found = await context.transactions.look(look.meant, request.actor, wanted, request.channel)
    made = await context.transactions.once(request.identity, merge, request.actor, found.id, int(typed[2]))
    if made is None:
        return Reply()
    return Reply(say("🔗 Incident {id} is closed as a duplicate of incident {into}.", id=found.id, into=made[1].id))


async def rename_typed(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Give an incident another title."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    made = await context.transactions.once(request.identity, rename, request.actor, found.id, rest)
    return Reply(say("✏️ Incident {id} is now “{title}”.", id=found.id, title=escape(made.title)) if made else "")


def _target(domain: Domain, tx: Tx, scene: Scene) -> Incident | None:
    return tx.incidents.get(scene.data["into"]) if scene.data["into"] else None


def _duplicate(scene: Scene) -> str:
    if scene.found is None:
        return say("🔗 {who} closed this as a duplicate of another incident.", who=user(scene.data["by"]))
    return say("🔗 {who} closed this as a duplicate of incident {id}, *{title}*. It continues in {where}.",
               who=user(scene.data["by"]), **_named(scene.found))  # fmt: skip


def _duplicate_to_all(scene: Scene) -> str:
    said = {"who": user(scene.data["by"]), "severity": scene.data["severity"].upper(),
            "old": escape(scene.the_incident.title)}  # fmt: skip
    if scene.found is None:
        return say("🔗 {who} closed {severity} *{old}* as a duplicate of another incident.", **said)
    return say("🔗 {who} closed {severity} *{old}* as a duplicate of incident {id}, *{title}*. Follow in {where}.",
               **said, **_named(scene.found))  # fmt: skip


def _named(target: Incident) -> dict[str, object]:
    return {"id": target.id, "title": escape(target.title), "where": where_of(target)}


def _merged(scene: Scene) -> str:
    data = scene.data
    first = say("🔗 {who} merged incident {id}, *{title}*, into this one.", who=user(data["by"]), id=data["number"],
                title=escape(data["title"]))  # fmt: skip
    items = listing([escape(each) for each in data["done"]], most=MESSAGES_SHOWN)
    done = say("Done there: {items}.", items=items) if data["done"] else ""
    one, many = "{count} note of it stands in the timeline.", "{count} notes of it stand in the timeline."
    return side_by_side(first, done, plural(one, many, data["notes"]) if data["notes"] else "")


def _renamed(scene: Scene) -> str:
    return say("✏️ {who} renamed the incident from “{old}” to *{new}*.", who=user(scene.data["by"]),
               old=escape(scene.data["old"]), new=escape(scene.data["new"]))  # fmt: skip


MESSAGES = {
    "incident.duplicate": Template(_duplicate, _target),
    "announce.duplicate": Template(_duplicate_to_all, _target),
    "incident.merged": Template(_merged),
    "incident.renamed": Template(_renamed),
}
