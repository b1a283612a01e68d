"""The noise budget: within a time an incident has one message that reminds, and what comes later is added to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.effects.outgoing import KIND, Outgoing, read_outgoing
from bot.ports import Tx
from bot.text import shorten
from handlers.slack.blocks.elements import BLOCKS_PER_MESSAGE, TEXT_LIMIT, Message, section
from handlers.slack.client.api import Refused, Slack
from handlers.slack.messaging.template import Scene, Template, render

LOOKED_AT = 30
"""Messages of the incident that are looked at, newest first."""


class Reminders:
    """Adds a reminder to the one before it."""

    def __init__(self, transactions: Transactions, slack: Slack, templates: Mapping[str, Template]) -> None:
        self._transactions, self._slack, self._templates = transactions, slack, templates

    def counts(self, outgoing: Outgoing, scene: Scene) -> bool:
        """Whether a message is held to the budget: one that mentions somebody has to be heard."""
        return self._templates[outgoing.template].reminds and scene.incident is not None and not outgoing.mentions

    async def added(self, effect: Effect, scene: Scene, message: Message) -> dict[str, Any] | None:
        """Add the message to the reminder that stands already; None when there is none of late."""
        found = await self._transactions.look(_earlier, self._templates, effect, scene)
        if found is None:
            return None
        last, before = found
        whole = together([message, *before])
        try:
            await self._slack.call(
                "chat.update", priority=effect.priority, channel=last["channel"], ts=last["ts"], text=whole.text,
                blocks=whole.blocks,
            )  # fmt: skip
        except Refused:
            return None
        return {**last, "after": [effect.seq, *last["after"]]}


def first_of(effect: Effect, posted: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The result of a reminder that stands by itself: later ones are added to it."""
    return {**posted, "first_at": now.isoformat(), "after": [effect.seq]}


def together(messages: list[Message]) -> Message:
    """Several reminders as one message, the newest first."""
    blocks = [block for each in messages for block in (each.blocks or [section(each.text)])]
    return Message(shorten("\n".join(each.text for each in messages), TEXT_LIMIT), blocks[:BLOCKS_PER_MESSAGE])


def _earlier(
    domain: Domain, tx: Tx, templates: Mapping[str, Template], effect: Effect, scene: Scene
) -> tuple[dict[str, Any], list[Message]] | None:
    """The result of the reminder that stands, and what it says, newest first."""
    within = domain.runbook_of(tx, scene.the_run).reminders.at_most_every
    sent = tx.effects.find(run_id=effect.run_id, kind=KIND, state="done", order="-seq", limit=LOOKED_AT)
    last = next((each.result for each in sent if "first_at" in each.result), None)
    if last is None or tx.now - datetime.fromisoformat(last["first_at"]) >= within:
        return None
    told = [each for each in sent if each.seq in last["after"]]
    return last, [_drawn(domain, tx, templates, each, scene) for each in told]


def _drawn(domain: Domain, tx: Tx, templates: Mapping[str, Template], effect: Effect, scene: Scene) -> Message:
    outgoing = read_outgoing(effect)
    template, told = templates[outgoing.template], replace(scene, data=outgoing.data)
    return render(template, replace(told, found=template.read(domain, tx, told)))
