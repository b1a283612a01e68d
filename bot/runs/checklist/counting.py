"""How many items a run has, and how many of them are settled: every card, list, reminder and text counts by this."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.checklist.layout import phases_of, steps_of
from bot.runs.model import Run, StepRecord
from bot.runs.plan import current_stage
from bot.text import say


@dataclass(frozen=True)
class Count:
    """`settled` = done or skipped."""

    settled: int
    items: int

    @property
    def words(self) -> str:
        """`9 of 16 items done`."""
        return say("{done} of {count} items done", done=self.settled, count=self.items)

    @property
    def short(self) -> str:
        """`9 of 16 done`, for a line of a list."""
        return say("{done} of {count} done", done=self.settled, count=self.items)


def stage_of(run: Run) -> str:
    """The stage whose items say how far a run is: one that people lead has its main stage, whatever comes after."""
    return "main" if run.kind.led else current_stage(run)


def items_of(run: Run, procedure: Procedure, stage: str) -> tuple[AnyStep, ...]:
    """The items of a stage, in order."""
    steps = (step for phase in phases_of(procedure, stage, run.targets) for step in steps_of(phase, run.targets))
    counts = run.kind.counts
    return tuple(step for step in steps if counts is None or counts(step, stage))


def open_items(
    run: Run, procedure: Procedure, records: Mapping[str, StepRecord], stage: str
) -> Iterator[tuple[AnyStep, StepRecord]]:
    """The items of a stage that are neither done nor skipped, in order."""
    found = ((step, records[step.id]) for step in items_of(run, procedure, stage) if step.id in records)
    return ((step, record) for step, record in found if not record.state.settled)


def count_items(run: Run, procedure: Procedure, records: Mapping[str, StepRecord], stage: str | None = None) -> Count:
    """How far a stage is; without one, how far the run is. What an earlier checklist left behind does not count."""
    stage = stage or stage_of(run)
    items = len(items_of(run, procedure, stage))
    return Count(items - sum(1 for _ in open_items(run, procedure, records, stage)), items)
