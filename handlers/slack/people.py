"""Who is at the door: team members are known at once; others are looked up once, and remembered."""

import asyncio
from contextlib import suppress

from bot.desk import Desk
from bot.errors import Refusal
from bot.office import Office
from bot.people import Actor, Member, check_member
from bot.ports import Tx
from bot.text import say
from bot.waking import Waker
from handlers.slack.api import Refused, Slack, SlackError


class People:
    """The members of the workspace that the bot has met."""

    def __init__(self, desk: Desk, slack: Slack) -> None:
        self._desk, self._slack = desk, slack
        self._members: dict[str, Member] = {}
        self._reading: set[asyncio.Task[None]] = set()

    def join(self, waker: Waker) -> None:
        """Hear when another replica has met somebody, or was told that somebody changed."""
        waker.tell("member", self._heard)

    def _heard(self, user: str) -> None:
        task = asyncio.create_task(self._read(user))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, user: str) -> None:
        """Read somebody anew, or everybody; who cannot be read is looked up in Slack when they come."""
        self._members = {known: member for known, member in self._members.items() if user and known != user}
        with suppress(Refusal):
            found = await self._desk.read(lambda tx: tx.members.find(user=user) if user else tx.members.find())
            self._members |= {each.user: each for each in found}

    async def load(self) -> None:
        """Read who was met before."""
        self._members = {member.user: member for member in await self._desk.read(lambda tx: tx.members.find())}

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
        return self._desk.office.actor(member)

    def _of_team_file(self, user: str) -> Actor | None:
        team = self._desk.office.team
        key = team.key_of(slack=user)
        return self._desk.office.actor(Member(user, self._slack.team_id, team.people[key].name)) if key else None

    async def meet(self, user: str) -> Actor:
        """Look a user up in Slack and remember them.

        Raises:
            Refusal: a guest, an outsider or a bot, or nobody that Slack knows.
        """
        member = await self._ask(user)
        await self._remember(member)
        check_member(member)
        return self._desk.office.actor(member)

    async def _remember(self, member: Member) -> None:
        self._members[member.user] = member
        await self._desk.do(_write, member)

    async def changed(self, info: dict[str, object]) -> None:
        """Slack says that a user changed (became a guest, was deactivated): who is known is known anew."""
        if info.get("id") in self._members:
            await self._remember(self._member(info))

    async def _ask(self, user: str) -> Member:
        try:
            answer = await self._slack.call("users.info", user=user)
        except Refused as refusal:
            raise Refusal(say("Slack does not tell NeonOps who you are ({why}).", why=str(refusal))) from refusal
        return self._member(answer["user"])

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
            bot=bool(info.get("is_bot") or info.get("deleted")),
        )

    async def warm(self) -> None:
        """Look up the people of the team file, so that guests among them are known and e-mails are matched."""
        for person in self._desk.office.team.people.values():
            try:
                await self._warm(person.slack, person.email)
            except (SlackError, Refusal):
                continue

    async def _warm(self, slack_id: str | None, email: str | None) -> None:
        if slack_id:
            await self.meet(slack_id)
        elif email and not slack_id:
            answer = await self._slack.call("users.lookupByEmail", email=email)
            await self.meet(answer["user"]["id"])


def _write(office: Office, tx: Tx, member: Member) -> None:
    known = tx.members.get(member.user)
    if known == member:
        return
    tx.wake("member", member.user)
    if known is None:
        tx.members.add(member)
    else:
        tx.members.save(known, **{name: value for name, value in vars(member).items() if name != "user"})
