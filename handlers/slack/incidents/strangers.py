"""A role for somebody whom the bot has not met: Slack is asked who they are before they are given it."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.messages import tell
from bot.effects import FIRST, Effect
from bot.errors import Refusal
from bot.incidents.conduct import may_conduct
from bot.incidents.roles import give_role
from bot.people import Actor
from bot.ports import Tx
from bot.power.standing import actor_of
from bot.text import say
from handlers.slack.messaging.directory import Directory


def plan_role(domain: Domain, tx: Tx, actor: Actor, number: int, word: str, whom: str) -> int:
    """Plan to look somebody up, and to give them the role; the incident's number."""
    incident = may_conduct(domain, tx, actor, number)
    payload = {"user": actor.user, "place": actor.place, "number": number, "role": word, "whom": whom}
    tx.effects.plan("role.give", f"role:{actor.user}", payload, run_id=incident.run_id, priority=FIRST)
    return incident.id


def role_deliverer(directory: Directory) -> Deliver:
    """The deliverer of `role.give`: it is given, or the person who asked is told why not."""

    async def deliver(effect: Effect) -> Delivered:
        why = await directory.why_not(effect.payload["whom"], effect.priority)
        return Delivered(then=lambda domain, tx: _give(domain, tx, effect, why))

    return deliver


def _give(domain: Domain, tx: Tx, effect: Effect, why: str) -> None:
    kept = effect.payload
    asker, whom = kept["user"], kept["whom"]
    try:
        if why:
            raise Refusal(say("Nothing was changed: {who} {why}.", who=f"<@{whom}>", why=why))
        actor = replace(actor_of(domain, tx, asker), place=kept["place"])
        give_role(domain, tx, actor, kept["number"], kept["role"], whom)
    except Refusal as refusal:
        tell(tx, asker, "⚠️ " + refusal.sentence)
