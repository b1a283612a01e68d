"""Ticks: what the clock does by a crontab, once in each scheduled instant, however many replicas run.

An instant comes from the crontab and never from the clock, so that all replicas mean the same one; its key is claimed
in the transaction that does the duty. Of instants that passed together only the last one is done.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.errors import Refusal
from bot.machine.clock import Clock
from bot.ports import Tx

log = structlog.get_logger()

LONGEST_MISSED = timedelta(days=2)
"""How far back a missed tick may lie: what was claimed is remembered for longer than this."""


@dataclass(frozen=True)
class Duty:
    """Something that is done at the instants of `cron` (crontab form, in `zone`), in one transaction.

    `missed`: how late it is still done once, after the bot was down at its instant (at most LONGEST_MISSED).
    """

    id: str
    cron: str
    operation: Callable[[Domain, Tx, datetime], object]
    zone: str = "UTC"
    missed: timedelta = timedelta(0)

    def instants(self, after: datetime) -> Iterator[datetime]:
        """The scheduled instants after this one, in UTC."""
        trigger = CronTrigger.from_crontab(self.cron, timezone=ZoneInfo(self.zone))
        while found := trigger.get_next_fire_time(None, after + timedelta(microseconds=1)):
            # In UTC, or the hour that comes twice when clocks go back would never end.
            after = found.astimezone(UTC)
            yield after


def last_instant(duty: Duty, after: datetime, until: datetime) -> datetime | None:
    """The last scheduled instant after `after`, up to and with `until`."""
    last = None
    for instant in duty.instants(after):
        if instant > until:
            break
        last = instant
    return last


class Ticks:
    """Does the duties that are due. `sweep` is called every few seconds."""

    def __init__(self, transactions: Transactions, clock: Clock, duties: Iterable[Duty]) -> None:
        self._transactions, self._clock = transactions, clock
        started = clock.now()
        self._seen = {duty: started - min(duty.missed, LONGEST_MISSED) for duty in duties}

    async def sweep(self) -> None:
        """Do each duty whose instant has come since the last look."""
        now = self._clock.now()
        for duty, seen in list(self._seen.items()):
            due = last_instant(duty, seen, now)
            if due and await self._done(duty, due):
                self._seen[duty] = due

    async def _done(self, duty: Duty, instant: datetime) -> bool:
        """Whether this tick is over. What cannot be done now is done later; a defect in one duty stops no other."""
        try:
            await self._transactions.once(f"cron:{duty.id}:{instant.isoformat()}", duty.operation, instant)
        except Refusal as refusal:
            log.warning("tick.postponed", duty=duty.id, instant=instant.isoformat(), why=refusal.sentence)
            return False
        except Exception:
            log.exception("tick.defect", duty=duty.id, instant=instant.isoformat())
        return True
