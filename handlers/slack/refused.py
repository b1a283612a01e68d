"""Writes down what was refused: at once, but for a flood, of which the number is written from time to time."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from bot.clock import Clock
from bot.desk import Desk
from bot.errors import Refusal
from bot.office import Office
from bot.people import Actor
from bot.ports import Tx
from bot.power.refusals import counted, hour_of, record
from handlers.slack.allowances import TooMany
from handlers.slack.order import Asked


class RefusalLog:
    """Counts a flood in memory: it costs no transactions."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._flood: dict[tuple[Actor, datetime], Counter[str]] = {}

    async def note(self, actor: Actor, asked: Asked, refusal: Refusal) -> None:
        """One refusal; the same delivery again is no other one."""
        if isinstance(refusal, TooMany):
            self._flood.setdefault((actor, hour_of(self._clock.now())), Counter())[asked.deed] += 1
            return
        with suppress(Refusal):
            await self._desk.once(
                f"refused:{asked.identity}", record, actor, refusal.about, asked.way, asked.deed, refusal
            )

    async def sweep(self) -> None:
        """Write down what was counted."""
        flood, self._flood = self._flood, {}
        if flood:
            await self._desk.do(_count, flood)


def _count(office: Office, tx: Tx, flood: Mapping[tuple[Actor, datetime], Mapping[str, int]]) -> None:
    for (actor, hour), deeds in flood.items():
        counted(tx, actor, hour, deeds)
