"""Messages of incident channels in the timeline: saved by :pushpin:, with what becomes of them afterwards."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import aiohttp
import structlog

from bot.delivery import Deliver, Delivered
from bot.effects import Effect
from bot.people import Actor
from bot.text import say
from bot.timelines import saved
from bot.timelines.saved import Written
from handlers.slack.client.api import Slack
from handlers.slack.client.download import NotFetched
from handlers.slack.client.lookup import message_at
from handlers.slack.interaction.context import Context

log = structlog.get_logger()

PUSHPIN = "pushpin"
MOST_FILES, LARGEST = 10, 20_000_000
"""Of how many files of a message, and up to how many bytes, the hash is kept."""


async def reacted(context: Context, event: dict[str, Any], actor: Actor | None) -> None:
    """Somebody reacted to a message: :pushpin: keeps it."""
    item = event["item"]
    if actor and event["reaction"] == PUSHPIN and item["type"] == "message":
        there = replace(actor, place=item["channel"])
        await context.transactions.do(saved.ask_to_save, there, item["ts"])


async def changed(context: Context, event: dict[str, Any]) -> None:
    """A message was edited or deleted. Those of bots, of which our own cards are edited all the time, are not kept."""
    before, channel = event.get("previous_message") or {}, event["channel"]
    if before.get("bot_id") or event.get("subtype") not in ("message_changed", "message_deleted"):
        return
    if event["subtype"] == "message_deleted":
        await context.transactions.do(saved.deleted, channel, event["deleted_ts"])
    elif (now := event["message"]).get("text") != before.get("text"):
        await context.transactions.do(saved.edited, channel, now["ts"], written_in(now), context.mask)


def save_deliverer(context: Context) -> Deliver:
    """The deliverer of `timeline.save` effects: a reaction's event does not hold the message."""

    async def deliver(effect: Effect) -> Delivered:
        message = await message_at(context.slack, effect.payload["channel"], effect.payload["ts"])
        if message is None:
            return Delivered({"skipped": say("it was deleted")})
        written = replace(written_in(message), files=await _hashes(context.slack, message.get("files") or ()))
        return Delivered(then=lambda domain, tx: saved.save(domain, tx, effect, written, context.mask))

    return deliver


def written_in(message: dict[str, Any]) -> Written:
    """A message of Slack's as the timeline keeps it."""
    return Written(message.get("user") or message.get("bot_id") or "", message.get("text") or "")


async def _hashes(slack: Slack, files: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The SHA-256 of each file by its name; empty for what cannot be read."""
    return {str(each.get("name") or each.get("id")): await _hash(slack, each) for each in files[:MOST_FILES]}


async def _hash(slack: Slack, file: dict[str, Any]) -> str:
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    try:
        content = await slack.download(url, size=int(file.get("size") or 0), largest=LARGEST)
    except (NotFetched, aiohttp.ClientError, TimeoutError, OSError) as failure:
        log.info("timeline.file_not_read", why=str(failure))
        return ""
    return hashlib.sha256(content).hexdigest()
