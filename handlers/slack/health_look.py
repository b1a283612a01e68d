"""Delivers a look at health: asks everything, keeps the results, posts the card once."""

from dataclasses import replace

from bot.delivery import Deliver, Delivered
from bot.desk import Desk
from bot.effects import Effect
from bot.health.checks import Report, look
from bot.office import Office
from bot.ports import Tx
from bot.tools import Tools
from handlers.blocks.elements import Message
from handlers.blocks.health import health_card
from handlers.slack.api import Refused, Slack
from handlers.slack.health import ALL, wanted
from handlers.slack.lookup import find_message, metadata
from handlers.slack.outcomes import to_slack
from handlers.slack.refusals import Meaning


def health_deliverer(desk: Desk, slack: Slack, tools: Tools) -> Deliver:
    """The deliverer of `health` effects."""

    async def deliver(effect: Effect) -> Delivered:
        if effect.attempts > 1 and await _posted(slack, effect):
            return Delivered()
        report = await _look(desk, tools, effect.payload["groups"])
        again = ",".join(effect.payload["groups"])
        card = health_card(report, effect.payload["user"], tools.now(), again)
        await desk.do(_keep, report)
        await _post(slack, effect, card)
        return Delivered()

    return to_slack(deliver)


async def _look(desk: Desk, tools: Tools, names: list[str]) -> Report:
    runbook = desk.office.runbook
    groups, vendors = wanted(runbook, names)
    report = await look(tools, groups, vendors, monitoring=runbook.monitoring)
    return replace(report, everything=ALL in names)


def _keep(office: Office, tx: Tx, report: Report) -> None:
    for result in report.results:
        tx.health.add(result)


async def _posted(slack: Slack, effect: Effect) -> bool:
    return await find_message(slack, effect.payload["channel"], effect.op_id) is not None


async def _post(slack: Slack, effect: Effect, card: Message) -> None:
    """Post where it was asked for; where the bot may not post, to the person who asked."""
    for place in (effect.payload["channel"], effect.payload["user"]):
        try:
            await slack.call(
                "chat.postMessage", priority=effect.priority, channel=place, text=card.text, blocks=card.blocks,
                metadata=metadata(effect.op_id), unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
        except Refused as refusal:
            if refusal.meaning is Meaning.AWAY or place == effect.payload["user"]:
                raise
            continue
        return
