"""Timers: due times in the database, woken by APScheduler, each fired once."""

from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.deploys.timers import TIMERS as DEPLOYS
from bot.domain import Domain
from bot.domain.transactions import Transactions
from bot.effects import Timer
from bot.escalation.timers import TIMERS as ESCALATION
from bot.incidents.model import IncidentStatus
from bot.legal.timers import TIMERS as LEGAL
from bot.machine.clock import Clock
from bot.oncall.checking import TIMERS as ONCALL
from bot.people import ROBOT
from bot.ports import DatabaseAway, Tx
from bot.runs.timers import TIMERS as RUNS
from bot.updates.due import TIMERS as UPDATES

log = structlog.get_logger()

TIMERS = {**RUNS, **ESCALATION, **ONCALL, **LEGAL, **UPDATES, **DEPLOYS}
"""What each kind of timer does when it is due: the tables of all areas."""
OF_OPEN = ("phase", "budget", "update", *ESCALATION)
"""Kinds of timers that are about nothing when their incident is not open."""
SWEEP = timedelta(seconds=5)
"""How often the table is looked at beside the exact wake-ups: a clock that was set forward is noticed in this time."""


class Timers:
    """Wakes the timers of the database."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._runs = False
        """The scheduler itself says that it runs until the loop's next turn after its end."""

    def start(self) -> None:
        """Start the clock; what fell due while the bot was away fires now."""
        self._scheduler.add_job(self.fire_due, IntervalTrigger(seconds=int(SWEEP.total_seconds())), id="sweep", **_ONCE)
        self._scheduler.start()
        self._runs = True

    def soon(self) -> None:
        """Look at the timers right away: one was set."""
        if self._runs:
            self._scheduler.add_job(self.wake, id="soon", replace_existing=True, **_ONCE)

    async def wake(self) -> None:
        """Have the next due timer fire to the second."""
        due = await self._transactions.read(lambda tx: tx.timers.next_due())
        if due is not None and self._runs:
            self._scheduler.add_job(self.fire_due, DateTrigger(due), id="next", replace_existing=True, **_ONCE)

    async def fire_due(self) -> None:
        """Fire what is due; while the database is away, later."""
        try:
            await self._fire_all()
        except DatabaseAway as away:
            log.warning("timers.postponed", why=away.sentence)

    async def _fire_all(self) -> None:
        now = self._clock.now()
        due = await self._transactions.read(lambda tx: tx.timers.due(now))
        if not due:
            return
        for timer in due:
            await self._fire(timer)
        await self.wake()

    async def _fire(self, timer: Timer) -> None:
        """Fire one timer in a transaction of its own: a defect in one keeps no other from firing."""
        try:
            await self._transactions.do(fire, timer.id)
        except DatabaseAway:
            raise
        except Exception:
            log.exception("timer.defect", kind=timer.kind, run=timer.run_id)
            await self._transactions.do(put_down, timer.id)

    def stop(self) -> None:
        """Stop the clock, once."""
        if self._runs:
            self._runs = False
            self._scheduler.shutdown(wait=False)


_ONCE = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def fire(domain: Domain, tx: Tx, timer_id: int) -> Timer | None:
    """Fire a timer that is due, once: a reminder is planned in the transaction that marks the timer as fired."""
    timer = tx.timers.get(timer_id)
    if timer is None or timer.state != "pending" or timer.due_at > tx.now:
        return None
    if timer.kind in OF_OPEN and _is_over(tx, timer.of_run):
        tx.timers.save(timer, state="cancelled")
        return None
    fired = tx.timers.save(timer, state="fired", fired_at=tx.now)
    TIMERS[timer.kind](domain, tx, timer)
    return fired


def _is_over(tx: Tx, run_id: int) -> bool:
    """Whether the run is that of an incident which is resolved or closed: nothing reminds of it."""
    return any(incident.status is not IncidentStatus.OPEN for incident in tx.incidents.find(run_id=run_id))


def put_down(domain: Domain, tx: Tx, timer_id: int) -> None:
    """Mark a timer that cannot fire, so that it is not tried for ever."""
    timer = tx.timers.get(timer_id)
    if timer:
        tx.timers.save(timer, state="cancelled")
        tx.timeline.record("timer.failed", ROBOT, timer.run_id, kind_of_timer=timer.kind, key=timer.key)
