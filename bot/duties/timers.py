"""Timers: due times in the database, woken by APScheduler, each fired once."""

from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.deploys import watch
from bot.deploys.approval.approve import expire
from bot.deploys.ending import late
from bot.deploys.rollbacks.back import when_failed
from bot.effects import SOON, Timer
from bot.incidents.model import IncidentStatus
from bot.machine.clock import Clock
from bot.office import Office
from bot.office.desk import Desk
from bot.office.posts import tell
from bot.people import ROBOT
from bot.ports import DatabaseAway, Tx
from bot.production.periods import LATE
from bot.runs.budgets import overrun
from bot.runs.expiry import REQUEST, expired
from bot.runs.layout import steps_of
from bot.runs.start import records_of
from bot.text import say

log = structlog.get_logger()

REMINDERS = ("response", "phase", "budget")
"""Kinds of timers that only remind."""
SWEEP = timedelta(seconds=5)
"""How often the table is looked at beside the exact wake-ups: a clock that was set forward is noticed in this time."""


class Timers:
    """Wakes the timers of the database."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Start the clock; what fell due while the bot was away fires now."""
        self._scheduler.add_job(self.fire_due, IntervalTrigger(seconds=int(SWEEP.total_seconds())), id="sweep", **_ONCE)
        self._scheduler.start()

    def soon(self) -> None:
        """Look at the timers right away: one was set."""
        if self._scheduler.running:
            self._scheduler.add_job(self.wake, id="soon", replace_existing=True, **_ONCE)

    async def wake(self) -> None:
        """Have the next due timer fire to the second."""
        due = await self._desk.read(lambda tx: tx.timers.next_due())
        if due is not None and self._scheduler.running:
            self._scheduler.add_job(self.fire_due, DateTrigger(due), id="next", replace_existing=True, **_ONCE)

    async def fire_due(self) -> None:
        """Fire what is due; while the database is away, later."""
        try:
            await self._fire_all()
        except DatabaseAway as away:
            log.warning("timers.postponed", why=away.sentence)

    async def _fire_all(self) -> None:
        now = self._clock.now()
        due = await self._desk.read(lambda tx: tx.timers.due(now))
        if not due:
            return
        for timer in due:
            await self._fire(timer)
        await self.wake()

    async def _fire(self, timer: Timer) -> None:
        """Fire one timer in a transaction of its own: a defect in one keeps no other from firing."""
        try:
            await self._desk.do(fire, timer.id)
        except DatabaseAway:
            raise
        except Exception:
            log.exception("timer.defect", kind=timer.kind, run=timer.run_id)
            await self._desk.do(put_down, timer.id)

    def stop(self) -> None:
        """Stop the clock."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


_ONCE = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


def fire(office: Office, tx: Tx, timer_id: int) -> Timer | None:
    """Fire a timer that is due, once: a reminder is planned in the transaction that marks the timer as fired."""
    timer = tx.timers.get(timer_id)
    if timer is None or timer.state != "pending" or timer.due_at > tx.now:
        return None
    if timer.kind in REMINDERS and _is_over(tx, timer.run_id):
        tx.timers.save(timer, state="cancelled")
        return None
    fired = tx.timers.save(timer, state="fired", fired_at=tx.now)
    _FIRE[timer.kind](office, tx, timer)
    return fired


def _is_over(tx: Tx, run_id: int) -> bool:
    """Whether the run is that of an incident which is resolved or closed: nothing reminds of it."""
    return any(incident.status is not IncidentStatus.OPEN for incident in tx.incidents.find(run_id=run_id))


def put_down(office: Office, tx: Tx, timer_id: int) -> None:
    """Mark a timer that cannot fire, so that it is not tried for ever."""
    timer = tx.timers.get(timer_id)
    if timer:
        tx.timers.save(timer, state="cancelled")
        tx.timeline.record("timer.failed", ROBOT, timer.run_id, kind_of_timer=timer.kind, key=timer.key)


def _response(office: Office, tx: Tx, timer: Timer) -> None:
    """The response time is over: say so when nobody has acted."""
    incident = tx.incidents.find(run_id=timer.run_id)[0]
    if incident.responded_at is None:
        _remind(tx, timer, "timer.response", {"declared_at": incident.declared_at.isoformat()})


def _phase(office: Office, tx: Tx, timer: Timer) -> None:
    """A phase's window is over: say what is still open."""
    run = tx.runs.get(timer.run_id)
    assert run
    procedure = office.procedure_of(tx, run)
    phase = next((phase for phase in procedure.phases if phase.id == timer.key), None)
    if phase is None or run.state.ended:
        return
    records = records_of(tx, run.id)
    left = [step.text for step in steps_of(phase, run.targets) if not records[step.id].state.settled]
    if left:
        _remind(tx, timer, "timer.phase", {"phase": phase.title, "open": left})


def _remind(tx: Tx, timer: Timer, message: str, data: dict[str, object]) -> None:
    data = {**data, "due_at": timer.due_at.isoformat()}
    tx.timeline.record(message, ROBOT, timer.run_id, **data)
    payload = {"to": "run", "message": message, "data": data}
    tx.effects.plan("post", f"run:{timer.run_id}:say", payload, run_id=timer.run_id, priority=SOON)
    tx.cards.touch(timer.run_id)


def _approval(office: Office, tx: Tx, timer: Timer) -> None:
    """An approval was not used in time."""
    expire(office, tx, timer.run_id)


def _request(office: Office, tx: Tx, timer: Timer) -> None:
    """Nobody approved or confirmed in time: who asked for it is told."""
    run = expired(office, tx, timer.run_id)
    if run and run.inputs.ended and run.requested_by != ROBOT.user:
        words = say("⚪ {title} (run {id}) is called off: {why}.", title=run.title, id=run.id,
                    why=run.inputs.ended.why)  # fmt: skip
        tell(tx, run.requested_by, words)


def _rollback(office: Office, tx: Tx, timer: Timer) -> None:
    """A deploy has stood failed as long as the runbook's policy allows."""
    when_failed(office, tx, timer.run_id)


def _watch(office: Office, tx: Tx, timer: Timer) -> None:
    """A metric is to be looked at after a deploy."""
    watch.fire(office, tx, timer)


def _budget(office: Office, tx: Tx, timer: Timer) -> None:
    """A phase has taken the time that was planned for it, and is not over."""
    over = overrun(office, tx, timer)
    if over:
        _remind(tx, timer, "timer.budget", over)


_FIRE = {
    "budget": _budget,
    "response": _response,
    "phase": _phase,
    "approval": _approval,
    REQUEST: _request,
    "rollback": _rollback,
    "watch": _watch,
    LATE: late.fire,
}
