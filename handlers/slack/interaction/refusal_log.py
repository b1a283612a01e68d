"""Writes down what was refused: at once, but for a flood, of which the number is written from time to time.

What cannot be written at once, since the database is held, is counted like a flood.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.machine.clock import Clock
from bot.people import Actor
from bot.ports import DatabaseAway, Tx
from bot.power.refusals import counted, hour_of, record
from handlers.slack.interaction.rate_limits import TooMany
from handlers.slack.interaction.requests import Attempt


class RefusalLog:
    """Counts in memory what cannot or need not be written at once."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock
        self._flood: dict[tuple[Actor, datetime], Counter[str]] = {}

    async def note(self, actor: Actor, attempt: Attempt, refusal: Refusal) -> None:
        """One refusal; the same delivery again is no other one."""
        if isinstance(refusal, TooMany):
            self._count(actor, attempt)
            return
        try:
            await self._transactions.once(
                f"refused:{attempt.identity}", record, actor, refusal.about, attempt.way, attempt.what, refusal
            )
        except DatabaseAway:
            self._count(actor, attempt)

    def _count(self, actor: Actor, attempt: Attempt) -> None:
        self._flood.setdefault((actor, hour_of(self._clock.now())), Counter())[attempt.what] += 1

    async def sweep(self) -> None:
        """Write down what was counted; it stays counted when the database does not take it."""
        flood = {key: Counter(counts) for key, counts in self._flood.items()}
        if not flood:
            return
        await self._transactions.do(_count, flood)
        for key, counts in flood.items():
            self._flood[key] -= counts
            if not self._flood[key]:
                del self._flood[key]


def _count(domain: Domain, tx: Tx, flood: Mapping[tuple[Actor, datetime], Mapping[str, int]]) -> None:
    for (actor, hour), counts in flood.items():
        counted(tx, actor, hour, counts)
