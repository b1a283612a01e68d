"""Who a message mentions: who is there is named in the channel, who is not in the channel is told directly too."""

from collections.abc import Callable, Iterable
from html import unescape

from bot.domain import Domain
from bot.domain.messages import plan_message
from bot.effects import Effect
from bot.effects.outgoing import Mentions, text_message
from bot.ports import Tx
from handlers.slack.messaging.directory import Directory
from handlers.slack.messaging.template import Present


async def people_present(directory: Directory, mentions: Mentions, channel: str, priority: int) -> Present:
    """Who of the people is there, and in the channel."""
    people = dict.fromkeys((*mentions.people, *directory.team.holders(mentions.roles)))
    found = await directory.find(people, priority)
    gone = await directory.looked_up([each.user for each in found if each.user and not each.why], priority)
    members = await directory.members(channel, priority)
    there = [each.user for each in found if each.user and not each.why and each.user not in gone]
    missed = [(directory.name_of(each.person), each.why or gone.get(each.user or "", "")) for each in found]
    return Present(
        tuple(there),
        tuple(user for user in there if user not in members),
        (*mentions.missed, *(f"{name} ({why})" for name, why in missed if why)),
    )


def tell_elsewhere(effect: Effect, text: str, users: Iterable[str]) -> Callable[[Domain, Tx], object]:
    """Plans that the users are told directly what was said in a channel."""
    # What is told directly is escaped when it is said.
    raw = unescape(text)

    def plan(domain: Domain, tx: Tx) -> None:
        for user in users:
            plan_message(tx, text_message(user, text=raw), f"say:{user}", run_id=effect.run_id)

    return plan
