"""Delivers alerts and invitations: whom Slack did not let reach is written down, person by person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.alerts.calling import call_roles
from bot.alerts.invitations import invited, tell_asker
from bot.alerts.model import AlertState, Call
from bot.alerts.outcome import Told, ToTell, settle, told
from bot.delivery import Deliver, Delivered, Undelivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import HOURS, Effect
from bot.effects.outgoing import RUN
from bot.incidents.model import Incident
from bot.ports import Tx
from bot.text import say
from handlers.slack.alerts.messages import ALERT
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.api import Refused
from handlers.slack.client.error_codes import Meaning, person_words
from handlers.slack.messaging.destinations import place_of
from handlers.slack.messaging.directory import Directory, Found, Invited
from handlers.slack.messaging.poster import Poster
from handlers.slack.messaging.template import Scene, render

FRESH = timedelta(seconds=30)
"""Age of an incident up to which, at its first alert, those who are in its channel were invited into it just now."""
MAIN = "main"
"""The card of an incident."""
NOT_OURS = {Meaning.AWAY, Meaning.FINAL}
"""Refusals that are about the bot, and not about a place or a person."""


class AlertDeliverers:
    """One method for each kind of effect that reaches people."""

    def __init__(self, transactions: Transactions, poster: Poster, directory: Directory, cards: Cards) -> None:
        self._transactions, self._poster, self._directory, self._cards = transactions, poster, directory, cards

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return {"notify": self.notify, "alert.direct": self.direct, "channel.invite": self.invite}

    async def notify(self, effect: Effect) -> Delivered:
        """Mention people in the call's channel, after the run's first card. Who is not there gets a direct message."""
        if "people" not in effect.payload:
            return _anew(effect)
        assert effect.run_id
        await self._cards.first_shown(effect.run_id)
        scene = await self._poster.scene(effect, {}, MAIN)
        found = await self._directory.find(effect.payload["people"], effect.priority)
        team = self._directory.team
        place = place_of(effect.payload.get("place") or RUN, team, scene) or place_of(RUN, team, scene)
        assert place
        asked = await self._let_in(scene, place, [each.user for each in found if each.user and not each.why], effect)
        here = [each.user for each in found if each.user in asked.here and not each.why]
        mentioned = await self._mention(effect, scene, place, [user for user in here if user])
        gone = await self._gone(found, asked, effect)
        found = [replace(each, why=each.why or gone.get(each.user or "", "")) for each in found]
        outcomes = _outcomes(found, mentioned)

        def write(domain: Domain, tx: Tx) -> None:
            if scene.incident and scene.incident.channel == place:
                invited(tx, scene.incident, asked.came, asked.failed)
            told(domain, tx, effect, outcomes)

        return Delivered(then=write)

    async def _gone(self, found: list[Found], asked: Invited, effect: Effect) -> dict[str, str]:
        """Who is not in the workspace any more, of those who were not let in just now."""
        let_in = asked.here if await self._transactions.read(lambda tx: _is_first(tx, effect)) else asked.came
        users = [each.user for each in found if each.user and not each.why and each.user not in let_in]
        return await self._directory.looked_up(users, effect.priority)

    async def _let_in(self, scene: Scene, place: str, users: list[str], effect: Effect) -> Invited:
        """Who of the users is in the channel; into an incident's they are invited."""
        if not users:
            return Invited()
        try:
            if scene.incident and scene.incident.channel == place:
                return await self._directory.invite(place, users, effect.priority)
            if place not in users:
                members = await self._directory.members(place, effect.priority)
                return Invited(there=tuple(user for user in users if user in members))
        except Refused as refusal:
            if refusal.meaning in NOT_OURS:
                raise
            return Invited()
        return Invited(there=(place,))

    async def _mention(self, effect: Effect, scene: Scene, place: str, users: list[str]) -> list[str]:
        """Whom a message in the channel reached: nobody, when the bot may not post there."""
        if not users:
            return []
        data = {"users": users, "message": effect.payload["message"], "elsewhere": place != scene.place}
        try:
            await self._poster.once(
                effect, place, render(ALERT, replace(scene, data=data)), thread=_thread(scene, place)
            )
        except Refused as refusal:
            if refusal.meaning in NOT_OURS:
                raise
            return []
        return users

    async def direct(self, effect: Effect) -> Delivered:
        """Tell one person by a direct message."""
        kept, scene = effect.payload, await self._poster.scene(effect, {})
        data = {"users": [kept["user"]], "message": kept["message"], "elsewhere": True}
        state: AlertState = AlertState.REACHED
        how: str = say("direct message")
        try:
            await self._poster.once(effect, kept["user"], render(ALERT, replace(scene, data=data)))
        except Refused as refusal:
            if refusal.meaning in NOT_OURS:
                raise
            state, how = AlertState.UNREACHED, person_words(refusal.code)
        return Delivered(then=lambda domain, tx: settle(domain, tx, kept["alert"], state, how))

    async def invite(self, effect: Effect) -> Delivered:
        """Invite people by role and by id; who is there already, or cannot be invited, holds nobody up."""
        incident = await self._incident(effect)
        if incident.channel is None:
            raise Undelivered(say("its channel does not exist yet"), 1.0, HOURS)
        found = await self._directory.holders(effect.payload["roles"], effect.priority)
        named = [await self._directory.named(user, user, effect.priority) for user in effect.payload["users"]]
        every = [*found, *named]
        done = await self._directory.invite(
            incident.channel, [each.user for each in every if each.user and not each.why], effect.priority
        )
        failed = done.failed | {each.user or each.person: each.why for each in every if each.why}
        by_name = {user: failed[user] for user in effect.payload["users"] if user in failed}

        def write(domain: Domain, tx: Tx) -> None:
            invited(tx, incident, done.came, failed)
            tell_asker(tx, incident, effect.payload.get("asked_by") or incident.declared_by, by_name)

        return Delivered({"failed": failed}, write)

    async def _incident(self, effect: Effect) -> Incident:
        found = await self._transactions.read(lambda tx: tx.incidents.find(run_id=effect.run_id))
        return found[0]


def _thread(scene: Scene, place: str) -> str | None:
    """Of an incident: that of its card, which stays the last message of the channel, above what the alert says."""
    stands = scene.incident and scene.card and scene.card.channel == place
    return scene.card.ts if stands and scene.card else None


def _is_first(tx: Tx, effect: Effect) -> bool:
    """Whether this is the first try of the first alert of an incident that was declared just now."""
    if effect.payload.get("place"):
        return False
    fresh = any(effect.created_at - each.declared_at < FRESH for each in tx.incidents.find(run_id=effect.run_id))
    return fresh and effect.attempts == 1 and not tx.effects.find(run_id=effect.run_id, kind="notify", state="done")


def _outcomes(found: list[Found], mentioned: list[str]) -> Mapping[str, Told | ToTell]:
    """What became of each person, by their short names."""
    outcomes: dict[str, Told | ToTell] = {}
    for each in found:
        if each.why or not each.user:
            outcomes[each.person] = Told(False, each.why)
        elif each.user in mentioned:
            outcomes[each.person] = Told(True, say("mention"))
        else:
            outcomes[each.person] = ToTell(each.user)
    return outcomes


def _anew(effect: Effect) -> Delivered:
    """An alert that an older NeonOps planned: its roles are called in today's way."""

    def call(domain: Domain, tx: Tx) -> None:
        run, item = tx.runs.get(effect.run_id), effect.step_id or ""
        record = tx.steps.get(effect.run_id, item)
        if run and record:
            roles, message = effect.payload["roles"], effect.payload.get("message")
            call_roles(domain, tx, run, roles, Call(item, record.attempt, 0, message), pages=False)

    return Delivered(then=call, settles=False)
