"""The roles of an incident in Slack: who has which, taking and giving them, and what whoever takes over is told."""

from datetime import datetime

from bot.domain import Domain
from bot.errors import Refusal
from bot.incidents import look
from bot.incidents.look import Situation
from bot.incidents.model import Incident
from bot.incidents.roles import give_back, give_role, wanted_roles
from bot.ports import Tx
from bot.runs.checklist.counting import open_items
from bot.text import plural, say, shorten
from bot.text.values import reader_now
from bot.updates.due import next_due
from bot.updates.look import updates_of
from bot.updates.model import StatusUpdate
from handlers.slack.blocks.elements import DATE, escape, sentence, user, when
from handlers.slack.blocks.lists import answer
from handlers.slack.incidents.strangers import plan_role
from handlers.slack.interaction.context import Context
from handlers.slack.interaction.requests import Reply, Request
from handlers.slack.messaging.template import Scene, Template
from handlers.slack.parsing.text import bare, user_in, without_mentions

ITEMS_SHOWN, UPDATES_SHOWN = 8, 3
"""What somebody who takes over is told of, at most."""
BACK = ("back", "devolver")


async def role_typed(context: Context, request: Request, number: int | None, rest: str) -> Reply:
    """Carry out `/incident role …`: list them, take one, give it to somebody, or give it back."""
    found = await context.transactions.look(look.meant, request.actor, number, request.channel)
    word, whom = " ".join(without_mentions(rest).split()), user_in(rest)
    if not word and not whom:
        return await _list(context, found)
    *before, last = word.split() or [""]
    if before and bare(last) in BACK:
        return await _give_back(context, request, found, " ".join(before))
    if not word:
        raise Refusal(say("Write the role before the person: /incident role commander @name."))
    return await _give(context, request, found, word, whom or request.actor.user)


async def _list(context: Context, found: Incident) -> Reply:
    situation = await context.transactions.look(look.situation, found)
    return Reply(*answer(say("Roles of incident {id}", id=found.id), role_lines(situation, everything=True)))


async def _give_back(context: Context, request: Request, found: Incident, word: str) -> Reply:
    made = await context.transactions.once(request.identity, give_back, request.actor, found.id, word)
    return Reply(say("Nobody is {role} of incident {id} now.", role=word, id=found.id) if made else "")


async def _give(context: Context, request: Request, found: Incident, word: str, whom: str) -> Reply:
    if whom == context.slack.user_id:
        raise Refusal(say("NeonOps takes no role: give it to a person."))
    if not context.people.has_met(whom):
        await context.transactions.once(request.identity, plan_role, request.actor, found.id, word, whom)
        return Reply(say("👋 One moment: NeonOps is looking up who <@{user}> is.", user=whom))
    made = await context.transactions.once(request.identity, give_role, request.actor, found.id, word, whom)
    if made is None:
        return Reply()
    return Reply(say("<@{user}> is {role} of incident {id} now.", user=whom, role=escape(word), id=found.id))


def role_lines(situation: Situation, *, everything: bool = False) -> list[str]:
    """Who has which role, and which are wanted; with `everything` also those that nobody has or needs."""
    incident, wanted = situation.incident, wanted_roles(situation.runbook, situation.incident)
    lines = []
    for role in situation.runbook.incident_roles:
        named = {"role": role.id, "purpose": escape(role.purpose)}
        if role.id in incident.roles:
            lines.append(f"{role.id}: {user(incident.roles[role.id])}")
        elif role in wanted:
            lines.append(say("🔎 *{role}* is wanted ({purpose}): `/incident role {role}` takes it", **named))
        elif everything:
            lines.append(say("{role}: nobody ({purpose})", **named))
    return lines


def _role(scene: Scene) -> str:
    data = scene.data
    named = {"user": user(data["user"]), "role": data["role"], "who": user(data["by"])}
    if data.get("before"):
        return say("{user} is now *{role}*, in place of {before} (assigned by {who}).", before=user(data["before"]),
                   **named)  # fmt: skip
    if data["user"] == data["by"]:
        return say("{user} is now *{role}*.", **named)
    return say("{user} is now *{role}* (assigned by {who}).", **named)


def _role_back(scene: Scene) -> str:
    by, was, role = user(scene.data["by"]), user(scene.data["user"]), scene.data["role"]
    if by == was:
        return say("↩️ {who} gave the role *{role}* back: nobody has it now.", who=by, role=role)
    return say("↩️ {who} took the role *{role}* from {was}: nobody has it now.", who=by, role=role, was=was)


Stands = tuple[Situation, list[StatusUpdate], datetime | None]


def _stands(domain: Domain, tx: Tx, scene: Scene) -> Stands:
    """Where the incident stands now: itself, its updates, and when the next of them is due."""
    incident = scene.the_incident
    return look.situation(domain, tx, incident), updates_of(tx, incident), next_due(tx, incident)


def _handover(scene: Scene) -> str:
    situation, updates, due = scene.found
    incident = situation.incident
    where = f"<#{incident.channel}>" if incident.channel else f"#{incident.channel_name}"
    first = say("🤝 You are now *{role}* of {severity} *{title}* in {where}, declared {time}. {count}.",
                role=scene.data["role"], severity=incident.severity.upper(), title=escape(incident.title),
                where=where, time=when(incident.declared_at, DATE), count=situation.count().short)  # fmt: skip
    return "\n".join([first, *role_lines(situation), *_items(situation), *_updates(updates), *_due(due)])


def _items(situation: Situation) -> list[str]:
    left = [step.text for step, _ in open_items(situation.run, situation.procedure, situation.records, "main")]
    lines = [f"⬜ {escape(text)}" for text in left[:ITEMS_SHOWN]]
    more = len(left) - len(lines)
    return [*lines, plural("…and {count} more item", "…and {count} more items", more)] if more else lines


def _updates(updates: list[StatusUpdate]) -> list[str]:
    return [f"📣 {when(each.at)} {user(each.by)}: {sentence(shorten(each.words(reader_now().locale), 300))}"
            for each in updates[-UPDATES_SHOWN:]] or [say("No status update was sent yet.")]  # fmt: skip


def _due(due: datetime | None) -> list[str]:
    return [say("⏰ The next status update is due {time}.", time=when(due, DATE))] if due else []


MESSAGES = {
    "incident.role": Template(_role),
    "incident.role_back": Template(_role_back),
    "incident.handover": Template(_handover, _stands),
}
