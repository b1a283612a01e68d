"""The timers of runs: phases that take longer than planned, and requests that nobody takes up."""

from datetime import timedelta

from bot.domain import Domain
from bot.domain.messages import plan_message, tell
from bot.effects import Timer
from bot.effects.outgoing import RUN, Outgoing
from bot.people import ROBOT
from bot.ports import Tx
from bot.runs.budgets import KIND as BUDGET
from bot.runs.budgets import overrun
from bot.runs.checklist.layout import steps_of
from bot.runs.start import records_of
from bot.runs.waiting.expiry import REQUEST, expired
from bot.text import say

LATE = timedelta(minutes=1)
"""A reminder that comes so long after its time says so: the bot was away."""


def phase_over(domain: Domain, tx: Tx, timer: Timer) -> None:
    """A phase's window is over: say what is still open."""
    run = tx.runs.get(timer.of_run)
    assert run
    procedure = domain.procedure_of(tx, run)
    phase = next((phase for phase in procedure.phases if phase.id == timer.key), None)
    if phase is None or run.state.ended:
        return
    records = records_of(tx, run.id)
    left = [step.text for step in steps_of(phase, run.targets) if not records[step.id].state.settled]
    if left:
        remind(tx, timer, "timer.phase", {"phase": phase.title, "phase_id": phase.id, "open": left})


def budget_over(domain: Domain, tx: Tx, timer: Timer) -> None:
    """A phase has taken the time that was planned for it, and is not over."""
    over = overrun(domain, tx, timer)
    if over:
        remind(tx, timer, "timer.budget", over)


def remind(tx: Tx, timer: Timer, message: str, data: dict[str, object]) -> None:
    """Say in the run's channel, on its cards and in its timeline that a time is over."""
    late = tx.now - timer.due_at
    data = {**data, "due_at": timer.due_at.isoformat(), "late": late.total_seconds() if late >= LATE else 0.0}
    tx.timeline.record(message, ROBOT, timer.of_run, **data)
    plan_message(tx, Outgoing((RUN,), message, data), f"run:{timer.of_run}:say", run_id=timer.of_run)
    tx.cards.touch(timer.of_run)


def request_over(domain: Domain, tx: Tx, timer: Timer) -> None:
    """Nobody approved or confirmed in time: who asked for it is told."""
    run = expired(domain, tx, timer.of_run)
    if run and run.inputs.ended and run.requested_by != ROBOT.user:
        words = say("⚪ {title} (run {id}) was cancelled: {why}.", title=run.title, id=run.id,
                    why=run.inputs.ended.why)  # fmt: skip
        tell(tx, run.requested_by, words)


TIMERS = {"phase": phase_over, BUDGET: budget_over, REQUEST: request_over}
