"""Delivers an incident's channel: made once, with its topic and its pinned card."""

import asyncio

from bot.delivery import Deliver, Delivered, Undeliverable
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import LATER, Effect
from bot.incidents.channel_names import names_from
from bot.incidents.declare import channel_opened
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.text import say
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.api import Refused, Slack
from handlers.slack.incidents.topic import topic_of

NAMES_TRIED = 20


class ChannelDeliverers:
    """One method for each kind of effect."""

    def __init__(self, transactions: Transactions, slack: Slack, cards: Cards) -> None:
        self._transactions, self._slack, self._cards = transactions, slack, cards
        self._early: dict[int, asyncio.Task[str]] = {}
        """Topics that were sent off when the channel was made, by run."""

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return {"channel.create": self.create_channel, "channel.topic": self.topic, "channel.pin": self.pin}

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
            channel = str(made["channel"]["id"])
            self._early[incident.run_id] = asyncio.create_task(self._first_topic(incident, channel))
            return _opened(effect, channel, str(made["channel"].get("name") or name))
        raise Undeliverable(say("every channel name starting at {name} is taken", name=incident.channel_name))

    async def _first_topic(self, incident: Incident, channel: str) -> str:
        """Set the topic beside the card, which does not wait for it: its line is not to push the card up."""
        topic, _ = await self._transactions.look(_topics, incident)
        return await self._set_topic(LATER, channel, topic)

    async def _our_channels(self) -> dict[str, str]:
        """Channels that the bot made and no incident has, by name: the answer to an earlier try was lost."""
        listed = self._slack.pages("conversations.list", "channels", types="public_channel,private_channel")
        found = {each["name"]: str(each["id"]) async for each in listed if each.get("creator") == self._slack.user_id}
        known = await self._transactions.read(lambda tx: {each.channel for each in tx.incidents.find()})
        return {name: channel for name, channel in found.items() if channel not in known}

    async def topic(self, effect: Effect) -> Delivered:
        """Set the topic when it says something else than before: each time Slack writes a line into the channel."""
        assert effect.run_id
        early = self._early.pop(effect.run_id, None)
        if early:
            return Delivered({"topic": await early})
        incident = await self._incident(effect)
        topic, before = await self._transactions.look(_topics, incident)
        if topic == before:
            return Delivered({"topic": topic})
        assert incident.channel
        return Delivered({"topic": await self._set_topic(effect.priority, incident.channel, topic)})

    async def _set_topic(self, priority: int, channel: str, topic: str) -> str:
        await self._slack.call("conversations.setTopic", priority=priority, channel=channel, topic=topic)
        return topic

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

    async def _incident(self, effect: Effect) -> Incident:
        found = await self._transactions.read(lambda tx: tx.incidents.find(run_id=effect.run_id))
        return found[0]


def _topics(domain: Domain, tx: Tx, incident: Incident) -> tuple[str, str | None]:
    """The topic as it should be, and as it was set last."""
    run = tx.runs.get(incident.run_id)
    assert run, "an incident has its run"
    last = tx.effects.find(run_id=run.id, kind="channel.topic", state="done", order="-seq", limit=1)
    return topic_of(incident, domain.runbook_of(tx, run)), last[0].result.get("topic") if last else None


def _opened(effect: Effect, channel: str, name: str) -> Delivered:
    assert effect.run_id
    run_id = effect.run_id
    result = {"channel": channel, "found": f"#{name}"}
    return Delivered(result, lambda _, tx: channel_opened(tx, run_id, channel, name))
