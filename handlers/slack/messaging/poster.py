"""Posting a message once, whatever became of earlier tries."""

from typing import Any

from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.ports import Tx
from handlers.slack.blocks.elements import Message
from handlers.slack.client.api import Slack
from handlers.slack.client.lookup import find_message, metadata
from handlers.slack.messaging.template import Scene


class Poster:
    """Posts what effects say."""

    def __init__(self, transactions: Transactions, slack: Slack) -> None:
        self._transactions, self._slack = transactions, slack

    async def scene(self, effect: Effect, data: dict[str, Any], page: str = "") -> Scene:
        """What a message of this effect may speak of; `page`: of the card that it is a reply to."""
        return await self._transactions.read(lambda tx: self._scene(tx, effect, data, page))

    def _scene(self, tx: Tx, effect: Effect, data: dict[str, Any], page: str) -> Scene:
        run = tx.runs.get(effect.run_id)
        if run is None:
            return Scene(None, None, data, link=self._slack.link)
        incidents, cards = tx.incidents.find(run_id=run.id), tx.cards.find(run_id=run.id)
        incident, place = next(iter(incidents), None), run.channel or next((card.channel for card in cards), None)
        card = next((card for card in cards if card.page == page), None)
        return Scene(run, incident, data, place, card, link=self._slack.link)

    async def once(
        self, effect: Effect, channel: str, message: Message, *, thread: str | None = None
    ) -> dict[str, Any]:
        """Post; when an earlier try may have done so, look first."""
        if ts := await self.found(effect, channel, thread=thread):
            return {"channel": channel, "ts": ts}
        posted = await self._slack.call(
            "chat.postMessage", priority=effect.priority, channel=channel, text=message.text,
            metadata=metadata(effect.op_id), unfurl_links=False, unfurl_media=False,
            **({"blocks": message.blocks} if message.blocks else {}), **({"thread_ts": thread} if thread else {}),
        )  # fmt: skip
        return {"channel": channel, "ts": posted["ts"]}

    async def found(self, effect: Effect, channel: str, *, thread: str | None = None) -> str | None:
        """The message that an earlier try posted; None when there is none."""
        if effect.attempts <= 1:
            return None
        return await find_message(self._slack, channel, effect.op_id, thread=thread, priority=effect.priority)
