"""The engine: one task per run that reads its rows, executes what is next, and writes what came of it.

Nothing but the rows is state. A task ends when its run rests; a wake starts it again. Each task takes a new token, and
every write checks it: who lost the token stops.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from bot.domain.transactions import Transactions
from bot.errors import Ambiguous, Refusal
from bot.machine.workers import Workers
from bot.people.presence import Presence
from bot.runbook.steps import AnyStep, step_kinds
from bot.runs.engine import progress, settling
from bot.runs.engine.fencing import Fenced
from bot.runs.engine.progress import Task, Work
from bot.runs.engine.reports import Reports, report
from bot.runs.model import Run
from bot.runs.outcome import Context, Failed, Outcome, Unknown
from bot.text import say, span
from bot.tools import Tools
from bot.waking import Waker

log = structlog.get_logger()

Act = Callable[[Work, int, Task, Reports], Awaitable[Outcome]]

ASKED_ABOUT_PEOPLE = 5
"""So often Slack is asked whether they are, before a person has to press Retry."""
LAST_WORDS = 20.0
"""Seconds beyond its `timeout` in which a step that keeps time itself ends what it started, and says what it saw."""
REPORT_EVERY = 2.0
"""Seconds between two words of a running step about where it stands."""


class Engine:
    """Drives runs. `wake` may be called at any time, from the event loop."""

    def __init__(
        self, transactions: Transactions, tools: Tools, data_dir: Path, presence: Presence | None = None
    ) -> None:
        self._transactions, self._tools, self._data_dir = transactions, tools, data_dir
        self._presence = presence or Presence()
        self._workers = Workers("run", self._drive)
        self._steps: dict[asyncio.Task[None], AnyStep] = {}
        self._stopped: set[asyncio.Task[None]] = set()
        self.report_every = REPORT_EVERY

    def join(self, waker: Waker) -> None:
        """Have runs driven when a commit names them."""
        waker.serve("run", self._workers, int)

    def wake(self, run_id: int) -> None:
        """Look at a run now (or again, when it is being looked at)."""
        self._workers.wake(run_id)

    async def sweep(self) -> None:
        """Look at every run that has not ended: what a crash left."""
        for run_id in await self._transactions.look(progress.unfinished):
            if run_id not in self._workers:
                self.wake(run_id)

    async def stop(self) -> None:
        """Stop what runs; it is found as interrupted by the next start."""
        await self._workers.stop(0)

    @property
    def busy(self) -> int:
        """How many runs are being driven now."""
        return len(self._workers)

    async def _drive(self, run_id: int, woken: asyncio.Event) -> None:
        woken.clear()
        if await self._transactions.look(progress.idle, run_id):
            return
        work = await self._transactions.do(progress.take, run_id)
        token = work.run.token
        running = {asyncio.create_task(self._recover(work, token, task)) for task in work.reconcile}
        try:
            await self._loop(work.run, woken, running)
        except Fenced as fenced:
            log.info("run.fenced", why=str(fenced))
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _loop(self, run: Run, woken: asyncio.Event, running: set[asyncio.Task[None]]) -> None:
        ending: asyncio.Task[None] | None = None
        while True:
            woken.clear()
            work = await self._transactions.do(progress.advance, run.id, run.token)
            running |= {self._begin(work, run.token, task) for task in work.tasks}
            running |= {asyncio.create_task(self._recover(work, run.token, task)) for task in work.reconcile}
            if work.last_look and (ending is None or ending.done()):
                ending = asyncio.create_task(self._end(work, run.token))
                running.add(ending)
            if work.run.inputs.stop:
                self._stop_steps(running)
            if not running and not woken.is_set():
                return
            await self._wait(woken, running)

    async def _end(self, work: Work, token: int) -> None:
        """Look outside once more, as the run's kind does, and end it by what is seen."""
        look = work.run.kind.last_look
        assert look, "a last look was asked for"
        await self._transactions.do(await look.look(self._tools, work, token))

    def _begin(self, work: Work, token: int, task: Task) -> asyncio.Task[None]:
        running = asyncio.create_task(self._execute(work, token, task))
        self._steps[running] = task.step
        running.add_done_callback(lambda done: self._steps.pop(done, None))
        return running

    def _stop_steps(self, running: set[asyncio.Task[None]]) -> None:
        """A person cancelled the run: stop what may be stopped; a change that was asked for is let finish."""
        for task in running - self._stopped:
            step = self._steps.get(task)
            if step and step.interruptible:
                self._stopped.add(task)
                task.add_done_callback(self._stopped.discard)
                task.cancel()

    async def _wait(self, woken: asyncio.Event, running: set[asyncio.Task[None]]) -> None:
        if woken.is_set():
            return
        called = asyncio.create_task(woken.wait())
        try:
            done, _ = await asyncio.wait({called, *running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
        running -= done
        for task in done - {called}:
            task.result()

    async def _execute(self, work: Work, token: int, task: Task) -> None:
        try:
            outcome = await self._heard(work, token, task, self._outcome)
            if isinstance(outcome, Unknown) and step_kinds()[task.step.kind].reconcile:
                outcome = await self._heard(work, token, _knowing(task, outcome), self._found_out)
            if isinstance(outcome, Failed) and task.record.attempt < task.step.retry.attempts:
                await self._tools.sleep(task.step.retry.delay.total_seconds())
        except asyncio.CancelledError:
            if asyncio.current_task() not in self._stopped:
                raise
            outcome = Failed(say("Stopped: the run was cancelled."))
        await self._settle(work, token, task, outcome)

    async def _disagreed(self, work: Work, task: Task) -> Outcome | None:
        """Why a step that two people agreed on is not begun: one of them is gone, or Slack does not say."""
        for _ in range(ASKED_ABOUT_PEOPLE):
            doubts = await self._presence.doubts((work.run.requested_by, work.run.approved_by))
            if not doubts:
                why = await self._transactions.look(progress.no_longer, work.run.id)
                break
            await self._tools.sleep(1)
        else:
            why = say("Slack did not confirm who is still a member ({why}). Retry", why=min(doubts.values()))
        return Failed(say("Nothing was restored: {why}.", why=why), {"untouched": task.record.attempt}) if why else None

    async def _recover(self, work: Work, token: int, task: Task) -> None:
        found = await self._heard(work, token, task, self._found_out)
        await self._settle(work, token, task, found)

    async def _settle(self, work: Work, token: int, task: Task, outcome: Outcome) -> None:
        """Write the outcome, whose texts come from outside: masked first, since they are cut when they are written."""
        masked = replace(await self._tools.masker.foreign(outcome), output=outcome.output)
        await self._transactions.do(settling.settle, work.run.id, token, task.record, masked)

    async def _heard(self, work: Work, token: int, task: Task, act: Act) -> Outcome:
        """Act, and meanwhile write what is reported of it."""
        reports = Reports(self._tools.masker.mask)

        async def write(text: str) -> None:
            await self._transactions.do(report, work.run.id, token, task.record, text)

        listening = asyncio.create_task(reports.keep(write, lambda: asyncio.sleep(self.report_every)))
        try:
            return await act(work, token, task, reports)
        finally:
            listening.cancel()

    async def _found_out(self, work: Work, token: int, task: Task, reports: Reports) -> Outcome:
        """What became of a step whose answer was lost, by reading; a person decides when that does not settle it."""
        settle = step_kinds()[task.step.kind].reconcile
        if settle is None:
            return settling.interrupted()
        try:
            async with asyncio.timeout(task.step.timeout.total_seconds()):
                found: Outcome = await settle(task.step, self._context(work, token, task, reports))
                return found
        except Refusal as refusal:
            return Unknown(refusal.sentence)
        except Fenced:
            raise
        except TimeoutError:
            return settling.interrupted()
        except Exception:
            log.exception("step.defect", run=work.run.id, step=task.step.id)
            return settling.interrupted()

    async def _outcome(self, work: Work, token: int, task: Task, reports: Reports) -> Outcome:
        seconds = task.step.timeout.total_seconds() + (LAST_WORDS if task.step.keeps_time else 0)
        if work.run.drill and (task.step.mutates or task.step.about_changes):
            return settling.not_done()
        try:
            async with asyncio.timeout(seconds):
                disagreed = await self._disagreed(work, task) if task.step.needs_two_people else None
                return disagreed or await _run(task.step, self._context(work, token, task, reports))
        except Ambiguous as refusal:
            return Unknown(refusal.sentence)
        except Refusal as refusal:
            return Failed(refusal.sentence)
        except Fenced:
            raise
        except TimeoutError:
            return self._timed_out(task.step)
        except Exception:
            log.exception("step.defect", run=work.run.id, step=task.step.id)
            return Failed(say("Internal error in this step; see the NeonOps log. The step did not finish."))

    def _timed_out(self, step: AnyStep) -> Outcome:
        found = say("It timed out after {limit} and was stopped.", limit=span(step.timeout))
        return Unknown(found) if step.mutates else Failed(found)

    def _context(self, work: Work, token: int, task: Task, reports: Reports) -> Context:
        async def keep(detail: Mapping[str, Any]) -> None:
            await self._transactions.do(settling.keep_intent, work.run.id, token, task.record, detail)

        known = (work.run, task.record, work.runbook, work.procedure, work.records)
        return Context(*known, self._tools, self._data_dir, reports, keep)


def _knowing(task: Task, outcome: Outcome) -> Task:
    """The task with what its attempt kept before its answer was lost."""
    return replace(task, record=task.record.evolve(detail={**task.record.detail, **outcome.detail}))


async def _run(step: AnyStep, context: Context) -> Outcome:
    run = step_kinds()[step.kind].run
    assert run, f"{step.kind} is not the engine's to do"
    outcome: Outcome = await run(step, context)
    return outcome
