"""Says in a channel who is needed: who is there is mentioned, who is not in the channel is told directly too."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape

from bot.delivery import Delivered
from bot.effects import Effect
from bot.office import Office
from bot.office.desk import Desk
from bot.ports import Tx
from handlers.slack.blocks.elements import Message
from handlers.slack.messaging.members import Found, Reach
from handlers.slack.messaging.poster import Poster


@dataclass(frozen=True)
class Present:
    """Users who are there, those of them who are not in the channel, and the names of all others with why not."""

    users: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


class Needed:
    """Posts what names people."""

    def __init__(self, desk: Desk, poster: Poster, reach: Reach) -> None:
        self._desk, self._poster, self._reach = desk, poster, reach

    async def holders(self, roles: Iterable[str], channel: str, priority: int) -> Present:
        """The people who hold a role."""
        return await self.people(self._desk.office.team.holders(roles), channel, priority)

    async def people(self, people: Iterable[str], channel: str, priority: int) -> Present:
        """People of the team file, by their short names."""
        found = await self._reach.find(people, priority)
        gone = await self._reach.looked_up([each.user for each in found if each.user and not each.why], priority)
        members = await self._reach.members(channel, priority)
        there = [each.user for each in found if each.user and not each.why and each.user not in gone]
        missed = [(each, each.why or gone.get(each.user or "", "")) for each in found]
        return Present(
            tuple(there),
            tuple(user for user in there if user not in members),
            tuple(f"{self._name(each)} ({why})" for each, why in missed if why),
        )

    def _name(self, found: Found) -> str:
        known = self._desk.office.team.people.get(found.person)
        return known.name if known else found.person

    async def say(self, effect: Effect, channel: str, message: Message, elsewhere: Iterable[str]) -> Delivered:
        """Post it in the channel, once, and plan to tell those who are elsewhere."""
        return Delivered(await self._poster.once(effect, channel, message), _tell(effect, message.text, elsewhere))


def _tell(effect: Effect, text: str, users: Iterable[str]) -> Callable[[Office, Tx], object]:
    # What is told directly is escaped when it is said.
    raw = unescape(text)

    def plan(office: Office, tx: Tx) -> None:
        for user in users:
            tx.effects.plan("say", f"say:{user}", {"to": user, "text": raw}, run_id=effect.run_id)

    return plan
