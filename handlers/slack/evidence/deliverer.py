"""Delivers evidence into the data directory: a message as Slack's JSON, a file as its bytes."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from bot.delivery import Deliver, Delivered, Undelivered
from bot.domain.transactions import Transactions
from bot.effects import HOURS, Effect
from bot.evidence import custody
from bot.evidence.files import LARGEST, write
from bot.evidence.model import Evidence
from bot.text import say
from handlers.slack.client.api import Refused, Slack
from handlers.slack.client.download import NotFetched
from handlers.slack.client.lookup import message_at


class EvidenceDeliverers:
    """One method for each kind of effect."""

    def __init__(self, transactions: Transactions, slack: Slack, data_dir: Path) -> None:
        self._transactions, self._slack, self._data_dir = transactions, slack, data_dir

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return {"evidence.message": self.message, "evidence.file": self.file}

    async def message(self, effect: Effect) -> Delivered:
        """Keep the message as Slack has it now, with its edits, files and reactions."""
        row = await self._row(effect)
        try:
            found = await message_at(self._slack, row.channel, row.ts)
        except Refused as refusal:
            return _failed(row, refusal.why)
        return await self._kept(row, as_bytes(found)) if found else _failed(row, say("it was deleted"))

    async def file(self, effect: Effect) -> Delivered:
        """Keep the file's bytes."""
        row, asked = await self._row(effect), effect.payload
        try:
            content = await self._slack.download(asked["url"], size=asked["size"], largest=LARGEST)
        except NotFetched as failure:
            return _failed(row, str(failure))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = say("Slack did not send the file: {why}", why=type(error).__name__)
            raise Undelivered(why, 5.0, HOURS) from error
        return await self._kept(row, content)

    async def _kept(self, row: Evidence, content: bytes) -> Delivered:
        sha256, path = await asyncio.to_thread(write, self._data_dir, row.incident, content)
        return Delivered(then=lambda domain, tx: custody.kept(domain, tx, row.id, sha256, len(content), path))

    async def _row(self, effect: Effect) -> Evidence:
        row = await self._transactions.read(lambda tx: tx.rows(Evidence).get(effect.payload["evidence"]))
        assert row
        return row


def as_bytes(message: dict[str, Any]) -> bytes:
    """The message as canonical JSON."""
    return json.dumps(message, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _failed(row: Evidence, why: str) -> Delivered:
    return Delivered(then=lambda domain, tx: custody.failed(domain, tx, row.id, why))
