"""Delivers effects to Slack: channels, invitations, topics, pins, posts, alerts, files."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.delivery import Deliver, Delivered, Undeliverable
from bot.deploys.approval.approvers import asking_words
from bot.deploys.history import log
from bot.effects import Effect
from bot.incidents.access import belongs_to_secret
from bot.incidents.declare import channel_opened, names_from
from bot.incidents.model import Incident, IncidentStatus
from bot.incidents.withhold import said_elsewhere
from bot.office.desk import Desk
from bot.text import say
from handlers.slack.blocks.elements import Message, sentences
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.api import Refused, Slack
from handlers.slack.client.error_codes import Meaning
from handlers.slack.deploys.history import announcement
from handlers.slack.deploys.watch import ALERTED, watch_message
from handlers.slack.incidents.topic import topic_of
from handlers.slack.messaging.alerts import Alerting
from handlers.slack.messaging.delivery_errors import to_slack
from handlers.slack.messaging.members import Met, Reach
from handlers.slack.messaging.mentions import Needed, Present
from handlers.slack.messaging.poster import Poster
from handlers.slack.messaging.templates import moved, render, said
from handlers.slack.runs.output import Logs

NAMES_TRIED = 20
WITHHELD = "🔒 This message named an incident that is confidential now, and was taken back."


class SlackDeliverers:
    """One method for each kind of effect that goes to Slack."""

    def __init__(self, desk: Desk, slack: Slack, cards: Cards, met: Met) -> None:
        """`met` remembers a user as Slack describes them now."""
        self._desk, self._slack, self._cards = desk, slack, cards
        self._poster, self._reach = Poster(desk, slack), Reach(slack, desk, met)
        self._needed = Needed(desk, self._poster, self._reach)

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer; Slack's answers become the worker's."""
        kinds: dict[str, Deliver] = {
            "channel.create": self.create_channel,
            "channel.topic": self.topic,
            "channel.pin": self.pin,
            "post": self.post,
            "withhold": self.withhold,
            "say": self.say,
            "card.moved": self.card_moved,
            "approvers.ask": self.ask_approvers,
            "watch.tell": self.watch_tell,
            "announce": self.announce,
            **Alerting(self._desk, self._poster, self._reach, self._cards).kinds(),
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

    async def topic(self, effect: Effect) -> Delivered:
        """Set the topic to what it should be now: decoration, which the way to the first card does not wait for."""
        assert effect.run_id
        await self._cards.first_shown(effect.run_id)
        incident = await self._incident(effect)
        topic = topic_of(incident, (await self._poster.scene(effect)).runbook)
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
        scene = await self._poster.scene(effect)
        if why := _outdated(effect, scene.incident):
            return Delivered({"skipped": why})
        channel = self._poster.place(effect.payload["to"], scene)
        if channel is None:
            return Delivered({"skipped": "no such channel in the team file"})
        if effect.payload["to"] != "run" and scene.incident and scene.incident.confidential:
            return Delivered({"skipped": "it is confidential now"})
        return Delivered(await self._poster.once(effect, channel, render(effect.payload["message"], scene)))

    async def withhold(self, effect: Effect) -> Delivered:
        """Take back what was said of an incident outside its channel before it became confidential."""
        incident = await self._incident(effect)
        said = await self._desk.read(lambda tx: said_elsewhere(tx, incident))
        await self._replace(effect, [each.result for each in said], say(WITHHELD))
        return Delivered()

    async def card_moved(self, effect: Effect) -> Delivered:
        """Say where a checklist goes on, in place of the one that stood elsewhere until the channel was there."""
        await self._cards.first_shown(effect.run_id or 0)
        scene = await self._poster.scene(effect)
        await self._replace(effect, [effect.payload], moved(scene.the_incident))
        return Delivered()

    async def _replace(self, effect: Effect, messages: Iterable[Mapping[str, Any]], text: str) -> None:
        """Put a text in place of each message; what Slack refuses for a while is tried again after the others."""
        refused: Refused | None = None
        for each in messages:
            try:
                await self._slack.call(
                    "chat.update", priority=effect.priority, channel=each["channel"], ts=each["ts"], text=text,
                    blocks=[],
                )  # fmt: skip
            except Refused as refusal:
                refused = refusal if refusal.meaning is not Meaning.GONE else refused
        if refused:
            raise refused

    async def say(self, effect: Effect) -> Delivered:
        """Say a sentence in a channel of the team file, in a channel, or to a person; where that fails, `instead`."""
        wanted = [effect.payload["to"], *effect.payload.get("instead", ())]
        channels = [channel for channel in map(self._poster.channel, wanted) if channel]
        if not channels:
            return Delivered({"skipped": "no such channel in the team file"})
        for channel in channels[:-1]:
            try:
                return await self._say(effect, channel)
            except Refused as refusal:
                if refusal.meaning is Meaning.AWAY:
                    raise
        return await self._say(effect, channels[-1])

    async def _say(self, effect: Effect, place: str) -> Delivered:
        """Slack takes a message to somebody who is gone without an error, so that is asked first."""
        if place[:1] in "UW" and (why := await self._reach.why_not(place, effect.priority)):
            raise Refused("user_not_found", why)
        return Delivered(await self._poster.once(effect, place, said(effect.payload)))

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
        return Delivered(await self._poster.once(effect, channel, Message(text)))

    async def watch_tell(self, effect: Effect) -> Delivered:
        """Say what changed after a deploy; when it got worse, mention who runs production, and offer what helps."""
        run = await self._desk.read(lambda tx: tx.runs.get(effect.run_id))
        assert run
        if run.channel is None:
            return Delivered({"skipped": "the run has no channel"})
        worse = effect.payload["worse"]
        needed = await self._needed.holders(ALERTED, run.channel, effect.priority) if worse else Present()
        message = watch_message(run, effect.payload, needed.users, needed.missed)
        return await self._needed.say(effect, run.channel, message, needed.elsewhere)

    async def ask_approvers(self, effect: Effect) -> Delivered:
        """Say who may approve a deploy."""
        run = await self._desk.read(lambda tx: tx.runs.get(effect.run_id))
        assert run
        assert run.channel
        needed = await self._needed.people(effect.payload["people"], run.channel, effect.priority)
        missed = (*effect.payload.get("missed", ()), *needed.missed)
        message = Message(sentences(asking_words(run, needed.users, missed)))
        return await self._needed.say(effect, run.channel, message, needed.elsewhere)

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
