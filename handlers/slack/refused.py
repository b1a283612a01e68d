"""Writes down what was refused: a person's first at once, the rest of their hour from time to time."""

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
from bot.power.refusals import FIRST, counted, hour_of, record
from handlers.slack.order import Asked

REMEMBERED = 10_000
"""People who are remembered for having been refused something in this hour."""


class RefusalLog:
    """Counts in memory what is beyond the first refusals of a person's hour: a flood of them costs no transactions."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._written: Counter[str] = Counter()
        self._hour = hour_of(clock.now())
        self._more: dict[tuple[Actor, datetime], Counter[str]] = {}

    async def note(self, actor: Actor, asked: Asked, refusal: Refusal) -> None:
        """One refusal."""
        self._begin_hour(hour_of(self._clock.now()))
        self._written[actor.user] += 1
        if self._written[actor.user] > FIRST:
            self._more.setdefault((Actor(actor.user, actor.name), self._hour), Counter())[asked.deed] += 1
            return
        with suppress(Refusal):
            await self._desk.once(
                f"refused:{asked.identity}", record, actor, refusal.about, asked.way, asked.deed, refusal
            )

    def _begin_hour(self, hour: datetime) -> None:
        """With the next hour everybody has first ones again."""
        if hour != self._hour or len(self._written) > REMEMBERED:
            self._hour, self._written = hour, Counter()

    async def sweep(self) -> None:
        """Write down what was counted."""
        more, self._more = self._more, {}
        if more:
            await self._desk.do(_count, more)


def _count(office: Office, tx: Tx, more: Mapping[tuple[Actor, datetime], Mapping[str, int]]) -> None:
    for (actor, hour), deeds in more.items():
        counted(tx, actor, hour, deeds)
