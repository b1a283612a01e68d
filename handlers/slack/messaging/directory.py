"""Whether people can be reached in Slack: who they are there, whether they are still there, and in which channel.

Slack takes a message to a deactivated account without an error (slackapi/python-slack-sdk#1156), and may keep it
among the members of a channel: who was not invited just now is looked up before they count as reached.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.transactions import Transactions
from bot.people import Team, absence
from bot.text import say
from handlers.slack.client.api import Refused, Slack, SlackError, people_of
from handlers.slack.client.error_codes import Meaning, person_words

AT_ONCE = 100
"""conversations.invite takes at most 100 users."""
PAGES = 10
"""Pages of members that are read of a channel."""
Met = Callable[[dict[str, Any]], Awaitable[None]]
"""Remembers a user as Slack describes them now."""


@dataclass(frozen=True)
class Found:
    """A person of the team file in Slack; `why` they cannot be reached there, after their name (empty = they can)."""

    person: str
    user: str | None
    why: str = ""


@dataclass(frozen=True)
class Invited:
    """What came of inviting: who came, who was there before, and of the others why not."""

    came: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def here(self) -> tuple[str, ...]:
        """Who is in the channel."""
        return self.came + self.there

    def __add__(self, other: "Invited") -> "Invited":
        return Invited(self.came + other.came, self.there + other.there, self.failed | other.failed)


class Directory:
    """Asks Slack about people."""

    def __init__(self, slack: Slack, transactions: Transactions, met: Met) -> None:
        self._slack, self._transactions, self._met = slack, transactions, met

    @property
    def team(self) -> Team:
        """The team file in force."""
        return self._transactions.domain.team

    def name_of(self, person: str) -> str:
        """The full name of a person of the team file, by their short name."""
        known = self.team.people.get(person)
        return known.name if known else person

    async def holders(self, roles: Iterable[str], priority: int) -> list[Found]:
        """The people who hold one of the roles."""
        return await self.find(self.team.holders(roles), priority)

    async def find(self, people: Iterable[str], priority: int) -> list[Found]:
        """People of the team file, by their short names. Only of whom something is wrong is Slack asked here."""
        return list(await asyncio.gather(*(self._find(person, priority) for person in people)))

    async def _find(self, person: str, priority: int) -> Found:
        known = self.team.people.get(person)
        if known is None:
            return Found(person, None, say("is no longer in the team file"))
        try:
            user = known.slack or await self._by_email(known.email, priority)
        except Refused as refusal:
            if refusal.meaning is not Meaning.PERSON:
                raise
            return Found(person, None, say("Slack knows nobody with their e-mail address"))
        if user is None:
            return Found(person, None, say("the team file has neither their Slack id nor their e-mail address"))
        return await self.named(person, user, priority)

    async def named(self, person: str, user: str, priority: int) -> Found:
        """A user; who was gone when Slack spoke of them last is looked up again."""
        member = await self._transactions.read(lambda tx: tx.members.get(user))
        if member is None or not (member.deleted or member.bot):
            return Found(person, user)
        try:
            return Found(person, user, await self.why_not(user, priority))
        except SlackError:
            return Found(person, user, absence(member))

    async def looked_up(self, users: Iterable[str], priority: int) -> dict[str, str]:
        """Those of the users who are not there any more, and why."""
        users = list(users)
        found = await asyncio.gather(*(self.why_not(user, priority) for user in users))
        return {user: why for user, why in zip(users, found, strict=True) if why}

    async def _by_email(self, email: str | None, priority: int) -> str | None:
        if not email:
            return None
        answer = await self._slack.call("users.lookupByEmail", priority=priority, email=email)
        return str(answer["user"]["id"])

    async def why_not(self, user: str, priority: int) -> str:
        """Why a user is not there any more; empty when they are, or Slack does not let the bot know.

        Raises:
            SlackError: Slack does not answer now.
        """
        try:
            info = (await self._slack.call("users.info", priority=priority, user=user))["user"]
        except Refused as refusal:
            return person_words(refusal.code) if refusal.meaning is Meaning.PERSON else ""
        await self._met(info)
        if info.get("deleted"):
            return say("is deactivated in Slack")
        return say("is a bot") if info.get("is_bot") else ""

    async def invite(self, channel: str, users: Iterable[str], priority: int) -> Invited:
        """Invite users; a refusal that is about the channel and not about one of them is raised."""
        wanted = [user for user in dict.fromkeys(users) if user != self._slack.user_id]
        done = Invited()
        for start in range(0, len(wanted), AT_ONCE):
            done += await self._invite(channel, wanted[start : start + AT_ONCE], priority)
        with suppress(SlackError):
            # That they could not be invited is known; why is better known of those who are gone.
            done = replace(done, failed=done.failed | await self.looked_up(done.failed, priority))
        return done

    async def _invite(self, channel: str, users: list[str], priority: int) -> Invited:
        call = {"channel": channel, "users": ",".join(users), "force": True}
        try:
            answer = await self._slack.call("conversations.invite", priority=priority, **call)
        except Refused as refusal:
            if refusal.code != "already_in_channel" and refusal.meaning is not Meaning.PERSON:
                raise
            if len(users) == 1:
                return _sorted(users, {users[0]: refusal.code})
            if set(users) <= set(refusal.people):
                return _sorted(users, refusal.people)
            one_by_one = [await self._invite(channel, [user], priority) for user in users]
            return sum(one_by_one, Invited())
        return _sorted(users, people_of(answer))

    async def members(self, channel: str, priority: int) -> set[str]:
        """Who is in a channel, as far as the bot may know: nobody, when it may not."""
        found: set[str] = set()
        with suppress(Refused):
            async for user in self._slack.pages(
                "conversations.members", "members", most=PAGES, priority=priority, channel=channel
            ):
                found.add(user)
        return found


def _sorted(users: list[str], errors: Mapping[str, str]) -> Invited:
    """What Slack's answer means for each of the users."""
    there = tuple(user for user in users if errors.get(user) == "already_in_channel")
    failed = {user: person_words(code) for user, code in errors.items() if user in users and user not in there}
    return Invited(tuple(user for user in users if user not in there and user not in failed), there, failed)
