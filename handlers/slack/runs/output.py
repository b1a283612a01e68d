"""What steps printed, in the thread of their card: the tail of a failure, one step's output, the log of a whole run."""

import asyncio
from datetime import datetime
from pathlib import Path

from bot.delivery import Deliver, Delivered, Undeliverable
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Effect
from bot.ports import Tx
from bot.runs.log import LOG_LIMIT, capped, pieces, tail_of, written
from bot.text import say
from bot.text.legible import lines_of
from handlers.slack.blocks.elements import code, escape
from handlers.slack.client.api import Slack
from handlers.slack.messaging.template import Scene

TAIL_LIMIT = 2600
"""Characters of a tail, escaped: with its sentence it stays below 3,000."""


class OutputDeliverers:
    """One method for each kind of effect."""

    def __init__(self, transactions: Transactions, slack: Slack) -> None:
        self._transactions, self._slack = transactions, slack

    def kinds(self) -> dict[str, Deliver]:
        """Every kind with its deliverer."""
        return {"file": self.file, "log": self.log}

    async def file(self, effect: Effect) -> Delivered:
        """Post a step's whole output into its card's thread."""
        path = Path(effect.payload["path"])
        content = await asyncio.to_thread(capped, path, LOG_LIMIT)
        if content is None:
            raise Undeliverable(say("the output file no longer exists"))
        return await self._upload(effect, path.name, content)

    async def log(self, effect: Effect) -> Delivered:
        """Post all that the run's steps printed into the thread of its card, as one file."""
        assert effect.run_id
        found = await self._transactions.look(pieces, effect.run_id)
        content = await asyncio.to_thread(written, found)
        return await self._upload(effect, f"run-{effect.run_id}.log", content)

    async def _upload(self, effect: Effect, name: str, content: str) -> Delivered:
        place = effect.payload
        if effect.attempts > 1 and await self._uploaded(place["channel"], place["ts"], name, effect.created_at):
            return Delivered()
        await self._slack.call(
            "files.upload", priority=effect.priority, channel=place["channel"], thread_ts=place["ts"], filename=name,
            content=content, title=place["title"],
        )  # fmt: skip
        return Delivered()

    async def _uploaded(self, channel: str, thread: str, name: str, since: datetime) -> bool:
        """Whether a file of this name came into the thread since: the answer to an earlier try was lost."""
        page = await self._slack.call(
            "conversations.replies", channel=channel, ts=thread, oldest=str(since.timestamp()), limit=100
        )
        files = [file for message in page.get("messages", []) for file in message.get("files") or ()]
        return any(file.get("name") == name for file in files)


def read_tail(domain: Domain, tx: Tx, scene: Scene) -> str:
    """The last lines that the step printed; empty when it printed nothing, or the file is not on this machine."""
    return tail_of(Path(scene.data["path"]))


def draw_tail(scene: Scene) -> str:
    """The reply to the card with the last lines that a failed step printed."""
    return tail_words(scene.data["text"], scene.found) if scene.found else ""


def tail_words(sentence: str, printed: str) -> str:
    """The sentence and the last lines that fit, which cannot break out of their fence."""
    lines = lines_of(printed)
    while len(lines) > 1 and len(code("\n".join(lines))) > TAIL_LIMIT:
        lines.pop(0)
    text = "\n".join(lines)
    while len(code(text)) > TAIL_LIMIT:
        text = text[len(text) // 4 + 1 :]
    return f"{escape(sentence)}\n{code(text)}"
