"""Who asks: team members are known at once; others are looked up once, and remembered."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.people import Actor, Member, check_member
from bot.people.events import MemberChanged
from bot.ports import Tx
from bot.text import say
from bot.text.catalogue import languages
from bot.waking import Waker
from handlers.slack.client.api import Later, Refused, Slack, SlackError
from handlers.slack.client.error_codes import TOKEN

AGAIN_S, SLOWEST_S = 0.5, 60.0
"""Seconds until Slack is asked again about somebody: twice as long each time."""
NOBODY = {"user_not_found", "user_not_visible", "users_not_found"}
"""What Slack answers about somebody who is not there."""
ABOUT_PEOPLE = NOBODY | {
    "user_disabled",
    "cant_invite",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "user_is_bot",
}
"""What Slack refuses because of the person."""


class People:
    """The members of the workspace that the bot has met."""

    def __init__(self, transactions: Transactions, slack: Slack) -> None:
        self._transactions, self._slack = transactions, slack
        self._members: dict[str, Member] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._in_order = asyncio.Lock()

    def join(self, waker: Waker) -> None:
        """Hear when another replica has met somebody, or was told that somebody changed."""
        waker.tell("member", self._heard)

    def _heard(self, user: str) -> None:
        task = asyncio.create_task(self._read(user))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, user: str) -> None:
        """Read somebody anew, or everybody, one after another; meanwhile who was known stays."""
        async with self._in_order:
            try:
                found = await self._transactions.read(
                    lambda tx: tx.members.find(user=user) if user else tx.members.find()
                )
            except Refusal:
                return self._ask_later(user) if user else None
            self._members = {each.user: each for each in ((*self._members.values(), *found) if user else found)}

    async def load(self) -> None:
        """Read who was met before."""
        self._members = {member.user: member for member in await self._transactions.read(lambda tx: tx.members.find())}

    def known(self, user: str, team: str | None) -> Actor | None:
        """The actor, without asking anybody; None when the user has to be looked up first.

        Raises:
            Refusal: a guest, an outsider or a bot, who can do nothing here.
        """
        if team and self._slack.team_id and team != self._slack.team_id:
            check_member(Member(user, team, user, outsider=True))
        member = self._members.get(user)
        if member is None:
            return self._of_team_file(user)
        check_member(member)
        return self._transactions.domain.actor(member)

    def language(self, user: str) -> str:
        """The language that the team file gives a user, if NeonOps has it; empty = the team's."""
        member, team = self._members.get(user), self._transactions.domain.team
        key = team.key_of(slack=user, email=member.email if member else None)
        locale = team.people[key].locale if key else ""
        return locale if locale in languages() else ""

    def has_met(self, user: str) -> bool:
        """Whether Slack said who a user is."""
        return user in self._members

    def named(self, user: str) -> Actor:
        """A user with the name that is known of them, and no roles: for the record, whoever they are."""
        member, key = self._members.get(user), self._transactions.domain.team.key_of(slack=user)
        return Actor(user, member.name if member else self._transactions.domain.team.people[key].name if key else user)

    def _of_team_file(self, user: str) -> Actor | None:
        team = self._transactions.domain.team
        key = team.key_of(slack=user)
        return (
            self._transactions.domain.actor(Member(user, self._slack.team_id, team.people[key].name)) if key else None
        )

    async def meet(self, user: str) -> Actor:
        """Look a user up in Slack and remember them.

        Raises:
            Refusal: a guest, an outsider or a bot, or nobody that Slack knows.
        """
        try:
            member = await self._look_up(user)
        except Refused as refusal:
            raise Refusal(say("Slack did not tell NeonOps who you are ({why}).", why=str(refusal))) from refusal
        check_member(member)
        return self._transactions.domain.actor(member)

    async def ask(self, user: str) -> str:
        """Look a user up now; why that could not be done (empty = it was). It is tried again by itself."""
        try:
            await self._look_up(user)
        except (SlackError, Refusal) as error:
            self._ask_later(user)
            return str(error)
        return ""

    async def _look_up(self, user: str) -> Member:
        """What Slack says of a user, remembered; somebody whom it does not know is gone."""
        try:
            member = self._member((await self._slack.call("users.info", user=user))["user"])
        except Refused as refusal:
            if refusal.code not in NOBODY or not self._matters(user):
                raise self._passing(refusal) from refusal
            known = self._members.get(user) or Member(user, self._slack.team_id, user)
            member = replace(known, deleted=True)
        await self._remember(member)
        return member

    @staticmethod
    def _passing(refusal: Refused) -> SlackError:
        """A token that is refused for a while says nothing about the person."""
        return Later(str(refusal), AGAIN_S) if refusal.code in TOKEN else refusal

    async def _remember(self, member: Member) -> None:
        self._members[member.user] = member
        await self._transactions.do(_write, member)

    async def changed(self, info: dict[str, object]) -> None:
        """Slack says that a user came or changed (became a guest, was deactivated): who matters is known anew."""
        member = self._member(info)
        if self._matters(member.user) or self._transactions.domain.team.key_of(slack=member.user, email=member.email):
            await self._remember(member)

    def _matters(self, user: str) -> bool:
        return user in self._members or self._transactions.domain.team.key_of(slack=user) is not None

    def refused(self, code: str, arguments: Mapping[str, object]) -> None:
        """Slack refused something because of a person: who they are now is asked anew."""
        named = f"{arguments.get('users') or ''},{arguments.get('user') or ''},{arguments.get('channel') or ''}"
        for user in named.split(",") if code in ABOUT_PEOPLE else ():
            if user[:1] in ("U", "W") and self._matters(user):
                self._ask_later(user, at_once=True)

    def _member(self, info: dict[str, object]) -> Member:
        profile: dict[str, str] = info.get("profile") or {}  # type: ignore[assignment]
        team = str(info.get("team_id") or self._slack.team_id)
        name = profile.get("display_name") or profile.get("real_name") or info.get("real_name") or info.get("name")
        return Member(
            str(info["id"]),
            team,
            str(name or info["id"]),
            profile.get("email"),
            guest=bool(info.get("is_restricted") or info.get("is_ultra_restricted")),
            outsider=team != self._slack.team_id or bool(info.get("is_stranger")),
            bot=bool(info.get("is_bot")),
            deleted=bool(info.get("deleted")),
        )

    async def warm(self) -> None:
        """Look up the people of the team file, so that guests among them are known and e-mails are matched.

        Of whom Slack does not answer now is asked again later, until it does.
        """
        for person in self._transactions.domain.team.people.values():
            await self._warm(person.slack or self._user_of(person.email), person.email)

    def _user_of(self, email: str | None) -> str | None:
        """Who had this e-mail address when they were looked up last."""
        wanted = (email or "").casefold()
        return next(
            (each.user for each in self._members.values() if wanted == (each.email or "").casefold() != ""), None
        )

    async def _warm(self, user: str | None, email: str | None) -> None:
        if user:
            await self.ask(user)
        elif email:
            await self._find(email)

    async def _find(self, email: str) -> bool:
        """Look somebody up by their e-mail address; whether Slack answered."""
        try:
            answer = await self._slack.call("users.lookupByEmail", email=email)
        except Refused as refusal:
            if refusal.code in NOBODY:
                return True
            self._ask_later(email)
        except SlackError:
            self._ask_later(email)
        else:
            return not await self.ask(answer["user"]["id"])
        return False

    def _ask_later(self, whom: str, *, at_once: bool = False) -> None:
        """Ask about a user (or an e-mail address) until Slack answers, unless that is under way."""
        if whom not in self._asking:
            task = asyncio.create_task(self._ask_until_answered(whom, at_once=at_once))
            self._asking[whom] = task
            task.add_done_callback(lambda _: self._asking.pop(whom, None))

    async def _ask_until_answered(self, whom: str, *, at_once: bool) -> None:
        wait = 0.0 if at_once else AGAIN_S
        while True:
            await asyncio.sleep(wait)
            if await (self._find(whom) if "@" in whom else self._answered(whom)):
                return
            wait = min(max(2 * wait, AGAIN_S), SLOWEST_S)

    async def _answered(self, user: str) -> bool:
        return not await self.ask(user)

    async def stop(self) -> None:
        """Ask no more."""
        tasks = [*self._asking.values(), *self._reading]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _write(domain: Domain, tx: Tx, member: Member) -> None:
    known = tx.members.get(member.user)
    member = replace(member, home=known.home) if known else member
    if known == member:
        return
    tx.wake("member", member.user)
    if known is None:
        tx.members.add(member)
        return
    tx.members.save(known, **{name: value for name, value in vars(member).items() if name != "user"})
    domain.publish(tx, MemberChanged(known, member))
