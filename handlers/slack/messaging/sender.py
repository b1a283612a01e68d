"""Sends messages: finds the place and the people, draws the template, posts once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.effects.outgoing import INCIDENTS, READERS, Outgoing, read_outgoing
from bot.incidents.model import Incident, IncidentStatus
from bot.ports import Tx
from bot.text import say
from handlers.slack.blocks.elements import Message
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.api import Refused, Slack
from handlers.slack.client.error_codes import Meaning
from handlers.slack.messaging.destinations import Place, is_person, places_of
from handlers.slack.messaging.directory import Directory
from handlers.slack.messaging.mentions import people_present, tell_elsewhere
from handlers.slack.messaging.poster import Poster
from handlers.slack.messaging.reminders import Reminders, first_of
from handlers.slack.messaging.template import Present, Scene, Template, render


class Sender:
    """Delivers every kind of effect that is one message."""

    def __init__(
        self,
        transactions: Transactions,
        slack: Slack,
        poster: Poster,
        directory: Directory,
        cards: Cards,
        templates: Mapping[str, Template],
    ) -> None:
        self._transactions, self._poster, self._directory, self._cards = transactions, poster, directory, cards
        self._templates = templates
        self._reminders = Reminders(transactions, slack, templates)

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return dict.fromkeys(READERS, self.send)

    async def send(self, effect: Effect) -> Delivered:
        """Send the effect's message, once; who is mentioned and not there is told directly."""
        outgoing = read_outgoing(effect)
        if outgoing.of_run:
            await self._cards.first_shown(effect.run_id or 0)
        scene = await self._poster.scene(effect, outgoing.data, outgoing.thread)
        if why := outdated(outgoing, scene.incident):
            return Delivered({"skipped": why})
        places = places_of(outgoing, self._transactions.domain.team, scene)
        if not places:
            return Delivered({"skipped": say("there is no such channel or card")})
        present = await self._present(outgoing, places[0].channel, effect.priority)
        message = await self._transactions.look(
            _drawn, self._templates[outgoing.template], replace(scene, present=present)
        )
        if not message.text:
            return Delivered({"skipped": say("there is nothing to say")})
        posted = await self._told(effect, outgoing, replace(scene, present=present), places, message)
        return Delivered(posted, tell_elsewhere(effect, message.text, present.elsewhere))

    async def _told(
        self, effect: Effect, outgoing: Outgoing, scene: Scene, places: Sequence[Place], message: Message
    ) -> dict[str, Any]:
        """Post it, or add it to the reminder that stands already."""
        if not self._reminders.counts(outgoing, scene):
            return await self._first(effect, places, message)
        added = await self._reminders.added(effect, scene, message)
        now = await self._transactions.read(lambda tx: tx.now)
        return added or first_of(effect, await self._first(effect, places, message), now)

    async def _present(self, outgoing: Outgoing, place: str, priority: int) -> Present:
        if outgoing.mentions is None:
            return Present()
        return await people_present(self._directory, outgoing.mentions, place, priority)

    async def _first(self, effect: Effect, places: Sequence[Place], message: Message) -> dict[str, Any]:
        """Post in the first place that takes it; what the last refuses is raised."""
        for place in places[:-1]:
            try:
                return await self._post(effect, place, message)
            except Refused as refusal:
                if refusal.meaning is Meaning.AWAY:
                    raise
        return await self._post(effect, places[-1], message)

    async def _post(self, effect: Effect, place: Place, message: Message) -> dict[str, Any]:
        """Slack takes a message to somebody who is gone without an error, so that is asked first."""
        if is_person(place.channel) and (why := await self._directory.why_not(place.channel, effect.priority)):
            raise Refused("user_not_found", why)
        return await self._poster.once(effect, place.channel, message, thread=place.thread)


def _drawn(domain: Domain, tx: Tx, template: Template, scene: Scene) -> Message:
    return render(template, replace(scene, found=template.read(domain, tx, scene)))


def outdated(outgoing: Outgoing, incident: Incident | None) -> str:
    """Why a message must not be posted any more: what it is about has changed since it was planned."""
    if incident is None:
        return ""
    if INCIDENTS in outgoing.to and incident.confidential:
        return say("the incident is now confidential")
    reminds = outgoing.template.startswith("timer.")
    return say("the incident is no longer open") if reminds and incident.status is not IncidentStatus.OPEN else ""
