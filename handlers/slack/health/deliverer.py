"""Delivers a look at health: asks everything, keeps the results, posts the card once.

A look that is under way answers everybody who asks the same meanwhile, in whichever channel.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from bot.delivery import Deliver, Delivered
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.health.checks import Report, look
from bot.ports import Tx
from bot.tools import Tools
from handlers.slack.blocks.elements import Message
from handlers.slack.client.api import Refused
from handlers.slack.client.error_codes import Meaning
from handlers.slack.health.card import health_card
from handlers.slack.health.command import ALL, askers, wanted
from handlers.slack.messaging.poster import Poster


@dataclass(frozen=True)
class Seen:
    """What a look found, and when it was over."""

    report: Report
    at: datetime


class Looks:
    """The looks that are under way, by what they look at."""

    def __init__(self, transactions: Transactions, tools: Tools) -> None:
        self._transactions, self._tools = transactions, tools
        self._running: dict[tuple[str, ...], asyncio.Task[Seen]] = {}

    async def join(self, names: tuple[str, ...]) -> Seen:
        """What the look that runs finds; a new one when none does."""
        if names not in self._running:
            self._running[names] = asyncio.create_task(self._look(names))
            self._running[names].add_done_callback(lambda _: self._running.pop(names))
        return await asyncio.shield(self._running[names])

    async def _look(self, names: tuple[str, ...]) -> Seen:
        runbook = self._transactions.domain.runbook
        groups, vendors = wanted(runbook, list(names))
        report = await look(self._tools, groups, vendors, monitoring=runbook.monitoring)
        await self._transactions.do(_keep, report)
        return Seen(replace(report, everything=ALL in names), self._tools.now())


def health_deliverer(transactions: Transactions, poster: Poster, tools: Tools) -> Deliver:
    """The deliverer of `health` effects."""
    looks = Looks(transactions, tools)

    async def deliver(effect: Effect) -> Delivered:
        if await poster.found(effect, effect.payload["channel"]):
            return Delivered()
        seen = await looks.join(tuple(effect.payload["groups"]))
        now = await transactions.read(lambda tx: tx.effects.find(seq=effect.seq))
        users = askers(now[0] if now else effect)
        card = health_card(seen.report, users, seen.at, effect.payload["groups"])
        await _post(poster, effect, users, card)
        return Delivered()

    return deliver


def _keep(domain: Domain, tx: Tx, report: Report) -> None:
    for result in report.results:
        tx.health.add(result)


async def _post(poster: Poster, effect: Effect, users: tuple[str, ...], card: Message) -> None:
    """Post where it was asked for; where the bot may not post, to those who asked."""
    try:
        await poster.once(effect, effect.payload["channel"], card)
        return
    except Refused as refusal:
        if refusal.meaning is Meaning.AWAY:
            raise
        refused = refusal
    reached = 0
    for user in users:
        try:
            await poster.once(effect, user, card)
            reached += 1
        except Refused as refusal:
            refused = refusal
    if not reached:
        raise refused
