"""A checklist card as the people who click on it see it, and the same items as the database has them."""

import copy
import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.runs.checklist.items import StepRef
from handlers.slack.blocks import ids
from handlers.slack.blocks.references import read_ref, write_ref
from sandbox.slack.blocks.walk import elements
from sandbox.slack.channels import Message
from tests.bench.processes import until

TOGGLES = (ids.STEP_TICK, ids.STEP_UNTICK)


@dataclass(frozen=True)
class Item:
    """An item: how many decisions about it were taken, and whether it is settled."""

    decision: int
    settled: bool


def items_of(message: Message) -> dict[str, Item]:
    """The items of a card by step id, as its buttons say."""
    found: dict[str, Item] = {}
    for _, element in elements(message.blocks or ()):
        if element.get("action_id") in TOGGLES:
            ref = _ref(element)
            found[ref.step_id] = Item(ref.decision, element["action_id"] == ids.STEP_UNTICK)
    return found


def settled_on(message: Message) -> int:
    """How many items the card of an incident says are done."""
    found = re.search(r"(\d+) of \d+ done", json.dumps(message.blocks))
    assert found
    return int(found[1])


def run_of(message: Message) -> int:
    """The run that the card shows; LookupError for a message that is no card."""
    for _, element in elements(message.blocks or ()):
        if element.get("action_id") in TOGGLES:
            return _ref(element).run_id
    raise LookupError("no card")


def _ref(element: Mapping[str, Any]) -> StepRef:
    ref = read_ref(element["value"])
    assert isinstance(ref, StepRef)
    return ref


def as_drawn(message: Message, step: str, item: Item) -> tuple[Message, str, str]:
    """The card as it looks once the item stands so, with the action and block of the button to press on it.

    A click carries what its button was drawn with; the card need not be redrawn between two clicks to measure them.
    """
    blocks = copy.deepcopy(list(message.blocks or ()))
    for block, element in elements(blocks):
        if element.get("action_id") in TOGGLES and _ref(element).step_id == step:
            element["value"] = write_ref(replace(_ref(element), decision=item.decision))  # type: ignore[index]
            element["action_id"] = ids.STEP_UNTICK if item.settled else ids.STEP_TICK  # type: ignore[index]
            return replace(message, blocks=blocks), element["action_id"], block["block_id"]
    raise LookupError(f"no button for {step}")


class Ledger:
    """The bot's SQLite database, read beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()

    def number(self, sql: str, *values: object) -> int:
        """The one number that a query gives."""
        return int(self.ask(sql, *values)[0][0])

    def items(self, run: int) -> dict[str, Item]:
        """The items of a run."""
        rows = self.ask("SELECT step_id, decision, state FROM step WHERE run_id = ?", run)
        return {step: Item(decision, state in ("done", "skipped")) for step, decision, state in rows}

    async def settle(self, seconds: float = 30.0) -> None:
        """Return when no effect waits, no step is being done, and Slack has every card as it should be."""
        await until(lambda: not self.number(_UNSETTLED), seconds)


_UNSETTLED = """SELECT (SELECT count(*) FROM effect WHERE state IN ('pending', 'sending'))
  + (SELECT count(*) FROM card WHERE state = 'live' AND wanted > shown AND channel IS NOT NULL)
  + (SELECT count(*) FROM step WHERE state = 'started')"""
