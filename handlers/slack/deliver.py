"""Delivers effects to Slack: channels, invitations, topics, pins, posts, alerts, files."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.delivery import Deliver, Delivered, Undeliverable, Undelivered
from bot.deploys import log
from bot.desk import Desk
from bot.effects import HOURS, Effect
from bot.incidents.access import belongs_to_secret
from bot.incidents.declare import channel_opened, names_from
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.withhold import said_elsewhere
from bot.office import Office
from bot.people import ROBOT
from bot.ports import Tx
from bot.text import listing, say
from handlers.blocks.elements import Message
from handlers.blocks.history import announcement
from handlers.blocks.messages import Scene, render, said
from handlers.blocks.watch import ALERTED, watch_message
from handlers.slack.api import Refused, Slack
from handlers.slack.cards import Cards
from handlers.slack.holders import users_of
from handlers.slack.logs import Logs
from handlers.slack.lookup import find_message, metadata
from handlers.slack.outcomes import to_slack
from handlers.slack.refusals import Meaning
from handlers.slack.topic import topic_of

INVITED_AT_ONCE = 100
"""conversations.invite takes at most 100 users."""
NAMES_TRIED = 20
WITHHELD = "🔒 This message named an incident that is confidential now, and was taken back."


class SlackDeliverers:
    """One method for each kind of effect that goes to Slack."""

    def __init__(self, desk: Desk, slack: Slack, cards: Cards) -> None:
        self._desk, self._slack, self._cards = desk, slack, cards

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer; Slack's answers become the worker's."""
        kinds: dict[str, Deliver] = {
            "channel.create": self.create_channel,
            "channel.invite": self.invite,
            "channel.topic": self.topic,
            "channel.pin": self.pin,
            "post": self.post,
            "withhold": self.withhold,
            "notify": self.notify,
            "say": self.say,
            "watch.tell": self.watch_tell,
            "announce": self.announce,
            **Logs(self._desk, self._slack, self._cards).kinds(),
        }
        return {kind: to_slack(deliver) for kind, deliver in kinds.items()}

    async def create_channel(self, effect: Effect) -> Delivered:
        """Make the incident's channel; on `name_taken` take over what is ours, or go on to the next name."""
        incident = await self._incident(effect)
        ours = await self._our_channels() if effect.attempts > 1 else {}
        for name in names_from(incident.channel_name, NAMES_TRIED):
            try:
                made = await self._slack.call(
                    "conversations.create", priority=effect.priority, name=name, is_private=incident.private
                )
            except Refused as refusal:
                if refusal.code != "name_taken":
                    raise
                if name in ours:
                    return _opened(effect, ours[name], name)
                continue
            return _opened(effect, str(made["channel"]["id"]), str(made["channel"].get("name") or name))
        raise Undeliverable(say("every channel name from {name} on is taken", name=incident.channel_name))

    async def _our_channels(self) -> dict[str, str]:
        """Channels that the bot made and no incident has, by name: the answer to an earlier try was lost."""
        found: dict[str, str] = {}
        cursor = ""
        while True:
            page = await self._slack.call(
                "conversations.list", types="public_channel,private_channel", limit=200, cursor=cursor
            )
            made = [each for each in page["channels"] if each.get("creator") == self._slack.user_id]
            found |= {each["name"]: str(each["id"]) for each in made}
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        known = await self._desk.read(lambda tx: {each.channel for each in tx.incidents.find()})
        return {name: channel for name, channel in found.items() if channel not in known}

    async def invite(self, effect: Effect) -> Delivered:
        """Invite people by role and by id; who is there already, or cannot be invited, holds nobody up."""
        incident = await self._incident(effect)
        users = [*await self._users(effect.payload["roles"]), *effect.payload["users"]]
        wanted = [user for user in dict.fromkeys(users) if user != self._slack.user_id]
        failed: dict[str, str] = {}
        for start in range(0, len(wanted), INVITED_AT_ONCE):
            failed |= await self._invite(incident, wanted[start : start + INVITED_AT_ONCE], effect.priority)
        invited = tuple(user for user in wanted if user not in failed)

        def write(office: Office, tx: Tx) -> None:
            known = tx.incidents.get(incident.id)
            assert known
            tx.incidents.save(known, members=tuple(dict.fromkeys((*known.members, *invited))))
            tx.timeline.record("channel.invited", ROBOT, effect.run_id, users=list(invited), failed=failed)

        return Delivered({"failed": failed}, write)

    async def _invite(self, incident: Incident, users: list[str], priority: int) -> dict[str, str]:
        try:
            await self._slack.call(
                "conversations.invite", priority=priority, channel=incident.channel, users=",".join(users), force=True
            )
        except Refused as refusal:
            if refusal.code == "already_in_channel":
                return {}
            if len(users) == 1:
                return {users[0]: refusal.code}
            one_by_one = [await self._invite(incident, [user], priority) for user in users]
            return {user: code for failed in one_by_one for user, code in failed.items()}
        return {}

    async def _users(self, roles: list[str]) -> list[str]:
        return await users_of(self._slack, self._desk.office.team, roles)

    async def topic(self, effect: Effect) -> Delivered:
        """Set the topic to what it should be now: decoration, which the way to the first card does not wait for."""
        assert effect.run_id
        await self._cards.first_shown(effect.run_id)
        incident = await self._incident(effect)
        topic = topic_of(incident, (await self._desk.look(_scene, effect)).runbook)
        await self._slack.call(
            "conversations.setTopic", priority=effect.priority, channel=incident.channel, topic=topic
        )
        return Delivered()

    async def pin(self, effect: Effect) -> Delivered:
        """Pin a card."""
        try:
            await self._slack.call(
                "pins.add", priority=effect.priority, channel=effect.payload["channel"], timestamp=effect.payload["ts"]
            )
        except Refused as refusal:
            if refusal.code != "already_pinned":
                raise
        return Delivered()

    async def post(self, effect: Effect) -> Delivered:
        """Post a message, once."""
        await self._cards.first_shown(effect.run_id or 0)
        scene = await self._desk.look(_scene, effect)
        if why := _outdated(effect, scene.incident):
            return Delivered({"skipped": why})
        channel = self._place(effect.payload["to"], scene)
        if channel is None:
            return Delivered({"skipped": "no such channel in the team file"})
        if effect.payload["to"] != "run" and scene.incident and scene.incident.confidential:
            return Delivered({"skipped": "it is confidential now"})
        return Delivered(await self._post(effect, channel, render(effect.payload["message"], scene)))

    async def withhold(self, effect: Effect) -> Delivered:
        """Take back what was said of an incident outside its channel before it became confidential."""
        incident = await self._incident(effect)
        for each in await self._desk.read(lambda tx: said_elsewhere(tx, incident)):
            with suppress(Refused):
                await self._slack.call(
                    "chat.update", priority=effect.priority, channel=each.result["channel"], ts=each.result["ts"],
                    text=say(WITHHELD), blocks=[],
                )  # fmt: skip
        return Delivered()

    async def _post(self, effect: Effect, channel: str, message: Message) -> dict[str, Any]:
        if effect.attempts > 1 and (
            ts := await find_message(self._slack, channel, effect.op_id, priority=effect.priority)
        ):
            return {"channel": channel, "ts": ts}
        posted = await self._slack.call(
            "chat.postMessage", priority=effect.priority, channel=channel, text=message.text,
            metadata=metadata(effect.op_id), unfurl_links=False, unfurl_media=False,
            **({"blocks": message.blocks} if message.blocks else {}),
        )  # fmt: skip
        return {"channel": channel, "ts": posted["ts"]}

    def _place(self, to: str, scene: Scene) -> str | None:
        channels = self._desk.office.team.channels
        if to == "run":
            if scene.place is None:
                raise Undelivered(say("its channel is not there yet"), 1.0, HOURS)
            return scene.place
        if to == "incidents":
            return channels.get("incidents") or channels.get("announcements")
        return to if to.startswith(("C", "G", "D", "U", "W")) else channels.get(to)

    async def notify(self, effect: Effect) -> Delivered:
        """Mention the holders of roles in the run's channel. Their pagers are called beside it."""
        roles, team = effect.payload["roles"], self._desk.office.team
        users, keys = await self._users(roles), team.holders(roles)
        if not users and not any(team.people[key].page for key in keys):
            words = listing([role.replace("_", " ") for role in roles])
            raise Undeliverable(
                say("nobody in the team file holds the role {roles} and is found in Slack", roles=words)
            )
        names = listing([team.people[key].name for key in keys], most=8)
        result = await self._alert(effect, users) if users else {}
        return Delivered({**result, "found": say("alerted {names}", names=names)})

    async def _alert(self, effect: Effect, users: list[str]) -> dict[str, Any]:
        assert effect.run_id
        await self._cards.first_shown(effect.run_id)
        scene = await self._desk.look(_scene, effect)
        channel = self._place("run", scene)
        assert channel
        alert = replace(scene, data={"users": users, "message": effect.payload["message"]})
        return await self._post(effect, channel, render("alert", alert))

    async def say(self, effect: Effect) -> Delivered:
        """Say a sentence in a channel of the team file, in a channel, or to a person; where that fails, `instead`."""
        wanted = [effect.payload["to"], *effect.payload.get("instead", ())]
        channels = [channel for channel in map(self._channel, wanted) if channel]
        if not channels:
            return Delivered({"skipped": "no such channel in the team file"})
        for channel in channels[:-1]:
            try:
                return Delivered(await self._post(effect, channel, said(effect.payload)))
            except Refused as refusal:
                if refusal.meaning is Meaning.AWAY:
                    raise
        return Delivered(await self._post(effect, channels[-1], said(effect.payload)))

    def _channel(self, to: str) -> str | None:
        """A channel or person by id, or a channel by its name in the team file."""
        return to if to[:1] in "CGDUW" and to.isupper() else self._desk.office.team.channels.get(to)

    async def announce(self, effect: Effect) -> Delivered:
        """Say how a deploy or rollback ended, where deploys are talked about."""
        assert effect.run_id
        channel = self._desk.office.team.channels.get("devops")
        if channel is None:
            return Delivered({"skipped": "no such channel in the team file"})
        found = await self._desk.look(log.entry, effect.run_id)
        cards = await self._desk.read(lambda tx: tx.cards.find(run_id=effect.run_id, page="main"))
        hidden = await self._desk.read(lambda tx: belongs_to_secret(tx, found.run) is not None)
        link = self._slack.link(cards[0].channel, cards[0].ts) if cards and not hidden else None
        text = announcement(found, effect.payload["took"], effect.payload["left"], link)
        return Delivered(await self._post(effect, channel, Message(text)))

    async def watch_tell(self, effect: Effect) -> Delivered:
        """Say what changed after a deploy; when it got worse, mention who runs production, and offer what helps."""
        run = await self._desk.read(lambda tx: tx.runs.get(effect.run_id))
        assert run
        users = await self._users(list(ALERTED)) if effect.payload["worse"] else []
        if run.channel is None:
            return Delivered({"skipped": "the run has no channel"})
        return Delivered(await self._post(effect, run.channel, watch_message(run, effect.payload, users)))

    async def _incident(self, effect: Effect) -> Incident:
        found = await self._desk.read(lambda tx: tx.incidents.find(run_id=effect.run_id))
        return found[0]


def _opened(effect: Effect, channel: str, name: str) -> Delivered:
    assert effect.run_id
    run_id = effect.run_id
    result = {"channel": channel, "found": f"#{name}"}
    return Delivered(result, lambda _, tx: channel_opened(tx, run_id, channel, name))


def _outdated(effect: Effect, incident: Incident | None) -> str:
    """Why a message must not be posted any more: what it is about has changed since it was planned."""
    if incident is None:
        return ""
    if effect.payload["to"] == "incidents" and incident.confidential:
        return "the incident is confidential by now"
    reminds = effect.payload["message"].startswith("timer.")
    return "the incident is not open any more" if reminds and incident.status is not IncidentStatus.OPEN else ""


def _scene(office: Office, tx: Tx, effect: Effect) -> Scene:
    run = tx.runs.get(effect.run_id)
    assert run
    incidents, cards = tx.incidents.find(run_id=run.id), tx.cards.find(run_id=run.id, limit=1)
    return Scene(
        run,
        office.runbook_of(tx, run),
        incidents[0] if incidents else None,
        effect.payload.get("data", {}),
        place=run.channel or (cards[0].channel if cards else None),
    )
