"""What is told of runs."""

from dataclasses import dataclass

from bot.events import Event
from bot.people import Actor
from bot.runbook.model import Procedure
from bot.runbook.steps import AnyStep
from bot.runs.model import Run, StepRecord
from bot.runs.outcome import Outcome


@dataclass(frozen=True)
class RunEnded(Event):
    """A run has ended, as it says itself; its environment is free."""

    run: Run


@dataclass(frozen=True)
class ItemDecided(Event):
    """A person has ticked, unticked or skipped an item."""

    run: Run
    step_id: str
    by: Actor


@dataclass(frozen=True)
class StepStarted(Event):
    """A step of the bot has begun, as `record` says."""

    run: Run
    step: AnyStep
    record: StepRecord


@dataclass(frozen=True)
class StepSettled(Event):
    """What came of a step's attempt is written: `record` is the row with it."""

    run: Run
    procedure: Procedure
    step: AnyStep
    record: StepRecord
    outcome: Outcome
