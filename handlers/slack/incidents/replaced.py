"""Delivers what takes the place of messages that stand already: taken back, or gone on elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.delivery import Deliver, Delivered
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.incidents.model import Incident
from bot.incidents.withhold import said_elsewhere
from bot.text import say
from handlers.slack.cards.publisher import Cards
from handlers.slack.client.api import Refused, Slack
from handlers.slack.client.error_codes import Meaning
from handlers.slack.incidents.messages import moved

WITHHELD = "🔒 This message named an incident that is now confidential, and was retracted."


class Replacements:
    """One method for each kind of effect."""

    def __init__(self, transactions: Transactions, slack: Slack, cards: Cards) -> None:
        self._transactions, self._slack, self._cards = transactions, slack, cards

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return {"withhold": self.withhold, "card.moved": self.card_moved}

    async def withhold(self, effect: Effect) -> Delivered:
        """Take back what was said of an incident outside its channel before it became confidential."""
        incident = await self._incident(effect)
        said = await self._transactions.read(lambda tx: said_elsewhere(tx, incident))
        await self._replace(effect, [each.result for each in said], say(WITHHELD))
        return Delivered()

    async def card_moved(self, effect: Effect) -> Delivered:
        """Say where a checklist goes on, in place of the one that stood elsewhere until the channel was there."""
        await self._cards.first_shown(effect.run_id or 0)
        await self._replace(effect, [effect.payload], moved(await self._incident(effect)))
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

    async def _incident(self, effect: Effect) -> Incident:
        found = await self._transactions.read(lambda tx: tx.incidents.find(run_id=effect.run_id))
        return found[0]
