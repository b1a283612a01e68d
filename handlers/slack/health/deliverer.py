"""Delivers a look at health: asks everything, keeps the results, posts the card once.

A look that is under way answers everybody who asks the same meanwhile, in whichever channel.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from bot.delivery import Deliver, Delivered
from bot.effects import Effect
from bot.health.checks import Report, look
from bot.office import Office
from bot.office.desk import Desk
from bot.ports import Tx
from bot.tools import Tools
from handlers.slack.blocks.elements import Message
from handlers.slack.client.api import Refused, Slack
from handlers.slack.client.error_codes import Meaning
from handlers.slack.client.lookup import find_message, metadata
from handlers.slack.health.card import health_card
from handlers.slack.health.command import ALL, askers, wanted
from handlers.slack.messaging.delivery_errors import to_slack


@dataclass(frozen=True)
class Seen:
    """What a look found, and when it was over."""

    report: Report
    at: datetime


class Looks:
    """The looks that are under way, by what they look at."""

    def __init__(self, desk: Desk, tools: Tools) -> None:
        self._desk, self._tools = desk, tools
        self._running: dict[tuple[str, ...], asyncio.Task[Seen]] = {}

    async def join(self, names: tuple[str, ...]) -> Seen:
        """What the look that runs finds; a new one when none does."""
        if names not in self._running:
            self._running[names] = asyncio.create_task(self._look(names))
            self._running[names].add_done_callback(lambda _: self._running.pop(names))
        return await asyncio.shield(self._running[names])

    async def _look(self, names: tuple[str, ...]) -> Seen:
        runbook = self._desk.office.runbook
        groups, vendors = wanted(runbook, list(names))
        report = await look(self._tools, groups, vendors, monitoring=runbook.monitoring)
        await self._desk.do(_keep, report)
        return Seen(replace(report, everything=ALL in names), self._tools.now())


def health_deliverer(desk: Desk, slack: Slack, tools: Tools) -> Deliver:
    """The deliverer of `health` effects."""
    looks = Looks(desk, tools)

    async def deliver(effect: Effect) -> Delivered:
        if effect.attempts > 1 and await _posted(slack, effect):
            return Delivered()
        seen = await looks.join(tuple(effect.payload["groups"]))
        now = await desk.read(lambda tx: tx.effects.find(seq=effect.seq))
        users = askers(now[0] if now else effect)
        card = health_card(seen.report, users, seen.at, effect.payload["groups"])
        await _post(slack, effect, users, card)
        return Delivered()

    return to_slack(deliver)


def _keep(office: Office, tx: Tx, report: Report) -> None:
    for result in report.results:
        tx.health.add(result)


async def _posted(slack: Slack, effect: Effect) -> bool:
    found = await find_message(slack, effect.payload["channel"], effect.op_id, priority=effect.priority)
    return found is not None


async def _post(slack: Slack, effect: Effect, users: tuple[str, ...], card: Message) -> None:
    """Post where it was asked for; where the bot may not post, to those who asked."""
    try:
        return await _send(slack, effect, effect.payload["channel"], card)
    except Refused as refusal:
        if refusal.meaning is Meaning.AWAY:
            raise
        refused = refusal
    reached = 0
    for user in users:
        try:
            await _send(slack, effect, user, card)
            reached += 1
        except Refused as refusal:
            refused = refusal
    if not reached:
        raise refused


async def _send(slack: Slack, effect: Effect, place: str, card: Message) -> None:
    await slack.call(
        "chat.postMessage", priority=effect.priority, channel=place, text=card.text, blocks=card.blocks,
        metadata=metadata(effect.op_id), unfurl_links=False, unfurl_media=False,
    )  # fmt: skip
